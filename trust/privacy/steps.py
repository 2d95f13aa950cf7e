"""The pages of the steps about personal data."""

from functools import partial

from consultations.steps import page
from trust.privacy import deletion, rights

REQUEST = "privacy/context/request.html"

page("correct_contact", rights.CorrectContactForm, rights.correct_contact)
page("ask_deletion", deletion.AskDeletionForm, deletion.ask_deletion)
page("ask_deletion_for", deletion.AskDeletionForForm, deletion.ask_deletion_for)
page("decide_deletion", deletion.DecideDeletionForm, deletion.decide_deletion, context_template=REQUEST)
page(
    "decide_deletion_for",
    deletion.DecideDeletionForm,
    partial(deletion.decide_deletion, verb="decide_deletion_for"),
    context_template=REQUEST,
)
page("confirm_deletion", deletion.DecideDeletionForm, deletion.confirm_deletion, context_template=REQUEST)
page("stop_deletion", deletion.StopDeletionForm, deletion.stop_deletion)
page("retain", deletion.RetainForm, deletion.retain)
page("release", deletion.ReleaseForm, deletion.release)
