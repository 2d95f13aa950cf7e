"""Step pages of the applicant: complete and withdraw; and of Tim PKD: withdraw for the forms."""

from consultations.intake import forms, services
from consultations.steps import page

page("complete", forms.CompleteForm, services.complete)
page("withdraw", forms.WithdrawForm, services.withdraw)
page("withdraw_for", forms.WithdrawForForm, services.withdraw_for)
