"""Step pages of the applicant: complete and withdraw; and of Tim PKD: withdraw, convert, split, merge."""

from consultations.intake import duplicates, forms, services, sorting
from consultations.steps import page

page("complete", forms.CompleteForm, services.complete)
page("withdraw", forms.WithdrawForm, services.withdraw)
page("withdraw_for", forms.WithdrawForForm, services.withdraw_for)
page("to_complaint", sorting.ToComplaintForm, sorting.to_complaint)
page("to_consultation", sorting.ToConsultationForm, sorting.to_consultation)
page("split", sorting.SplitForm, sorting.split)
page("merge", duplicates.MergeForm, duplicates.merge)
