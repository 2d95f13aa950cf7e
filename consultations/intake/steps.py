"""Step pages of the applicant: complete and withdraw; and of Tim PKD: withdraw for the applicant."""

from consultations.intake import services
from consultations.intake.forms import applicant
from consultations.steps import page

page("complete", applicant.CompleteForm, services.complete)
page("withdraw", applicant.WithdrawForm, services.withdraw)
page("withdraw_for", applicant.WithdrawForForm, services.withdraw_for)
