"""Drafts: what is typed waits here until it is sent, or left for a week."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language

from consultations import draft_files, services
from consultations.files import CheckedFile
from consultations.forms.request import ComplaintForm, RequestForm
from consultations.free_times import queue_for_places
from consultations.models import Case, DraftFile, RequestDraft
from office import clock

LIFETIME = dt.timedelta(days=7)
LONGEST_TEXT = 20_000
"""Characters of one field that are kept: more than any may have, so that too long a text is shown again."""

FORMS: dict[str, type[RequestForm]] = {form.kind: form for form in (RequestForm, ComplaintForm)}


class NotReady(Exception):  # noqa: N818 -- an answer to the applicant, not a fault
    """A draft cannot be sent as it is; `form` says beside each field why."""

    def __init__(self, form: RequestForm) -> None:
        self.form = form


def sent_as(token: UUID) -> Case | None:
    """The case that a draft has become."""
    return Case.objects.filter(submission_token=token).first()


def asks_something_else(token: UUID, material: str) -> bool:
    """Whether a form that has become a case is sent again with another matter in it."""
    sent = sent_as(token)
    return sent is not None and material.split() != sent.material.split()


def form_of(draft: RequestDraft, *, offers_times: bool = True) -> RequestForm:
    """The draft as its form would be sent now."""
    return FORMS[draft.kind](draft.typed, draft=draft, offers_times=offers_times)


def save(token: UUID, form: RequestForm) -> RequestDraft:
    """Keep what was typed, right or wrong, and the files that were found to be good."""
    # A null character can stand in no column; the form itself says what is wrong with it.
    typed = {name: text.replace("\0", "")[:LONGEST_TEXT] for name, text in form.typed()}
    with transaction.atomic():
        draft, _made = RequestDraft.objects.update_or_create(
            token=token,
            defaults={
                "kind": form.kind,
                "language": (get_language() or "id")[:2],
                "typed": typed,
                "saved_at": clock.now(),
            },
        )
        if form.chosen["materials"]:
            draft_files.remove(draft.files.filter(field="materials"))
        for field, files in form.chosen.items():
            draft_files.keep(draft, field, files)
    return draft


def send(draft: RequestDraft) -> Case:
    """Step 1: a draft becomes a case, once, however often and wherever it is sent at the same time.

    Raises NotReady where something is wrong by now, such as a time that somebody else has taken.
    """
    papers = draft_files.papers(draft)
    with transaction.atomic():
        queue_for_places()
        if case := sent_as(draft.token):
            return case
        form = form_of(draft)
        if not form.is_valid():
            raise NotReady(form)
        return submit(draft, form, papers)


def remove_old() -> int:
    """Erase the drafts that nobody has touched for seven days, and their files; returns how many.

    What a person has yet to look at stays.
    """
    return erase(RequestDraft.objects.filter(held_at=None, saved_at__lt=clock.now() - LIFETIME))


def erase(drafts: QuerySet[RequestDraft]) -> int:
    """Delete drafts with their files; returns how many drafts."""
    with transaction.atomic():
        found = list(drafts.select_for_update().values_list("pk", flat=True))
        draft_files.remove(DraftFile.objects.filter(draft__in=found))
        RequestDraft.objects.filter(pk__in=found).delete()
    return len(found)


def submit(
    draft: RequestDraft,
    form: RequestForm,
    papers: dict[str, CheckedFile | None],
    at: dt.datetime | None = None,
) -> Case:
    """Make a checked draft a case, and erase it; within a transaction that nobody else is in."""
    case = services.submit(
        **form.cleaned_data,
        letter=papers["letter"],
        materials=papers["materials"],
        submission_token=draft.token,
        language=draft.language,
        at=at,
    )
    erase(RequestDraft.objects.filter(pk=draft.pk))
    return case
