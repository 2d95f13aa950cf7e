"""Step pages of the applicant: complete and withdraw; and of Tim PKD: withdraw for the applicant."""

from consultations.steps import page
from intake import services
from intake.forms import applicant

page("complete", applicant.CompleteForm, services.complete)
page("withdraw", applicant.WithdrawForm, services.withdraw)
page("withdraw_for", applicant.WithdrawForForm, services.withdraw_for)
