"""The form of each kind of case, and the form of a stored draft."""

from intake.forms.complaint import ComplaintForm
from intake.forms.request import RequestForm
from intake.models import RequestDraft

FORMS: dict[str, type[RequestForm]] = {form.kind: form for form in (RequestForm, ComplaintForm)}


def form_for_draft(draft: RequestDraft, *, offers_times: bool = True) -> RequestForm:
    """Return the form bound to the typed data. Without `offers_times` any time of the visit is valid."""
    data = {**draft.typed, "submission_token": str(draft.token or "")}
    return FORMS[draft.kind](data, draft=draft, offers_times=offers_times)
