"""The pages of the steps about personal data."""

from consultations.steps import page
from privacy import forms, services

page("correct_contact", forms.CorrectContactForm, services.correct_contact)
page("ask_deletion", forms.AskDeletionForm, services.ask_deletion)
page(
    "decide_deletion",
    forms.DecideDeletionForm,
    services.decide_deletion,
    context_template="privacy/context/request.html",
)
page("retain", forms.RetainForm, services.retain)
page("release", forms.ReleaseForm, services.release)
