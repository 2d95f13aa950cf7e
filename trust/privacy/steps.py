"""The pages of the steps about personal data."""

from consultations.steps import page
from trust.privacy import rights

page("correct_contact", rights.CorrectContactForm, rights.correct_contact)
page("ask_deletion", rights.AskDeletionForm, rights.ask_deletion)
page(
    "decide_deletion",
    rights.DecideDeletionForm,
    rights.decide_deletion,
    context_template="privacy/context/request.html",
)
page("retain", rights.RetainForm, rights.retain)
page("release", rights.ReleaseForm, rights.release)
