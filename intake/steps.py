"""Step pages of the applicant: complete and withdraw."""

from consultations.steps import page
from intake import services
from intake.forms import applicant

page("complete", applicant.CompleteForm, services.complete)
page("withdraw", applicant.WithdrawForm, services.withdraw)
