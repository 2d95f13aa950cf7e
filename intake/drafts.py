"""Drafts: what is typed waits here until it is sent, or left for a week."""

import datetime as dt
import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from consultations.models import Case
from consultations.workflow import LATEST_ENTRY, Refused
from intake import draft_files
from intake import services as intake_services
from intake.forms.complaint import ComplaintForm
from intake.forms.request import RequestForm
from intake.models import DraftFile, RequestDraft
from intake.uploads import CheckedFile
from office import clock
from scheduling.availability import lock_reservations

LIFETIME = dt.timedelta(days=7)
HELD_LIFETIME = LATEST_ENTRY
"""How long what is held, or put aside, can still come in."""

LONGEST_TEXT = 20_000
"""Characters of one field that are kept: more than any may have, so that too long a text is shown again."""

FORMS: dict[str, type[RequestForm]] = {form.kind: form for form in (RequestForm, ComplaintForm)}


class NotReady(Exception):  # noqa: N818 -- an answer to the applicant, not a fault
    """A draft cannot be sent as it is; `form` says beside each field why."""

    def __init__(self, form: RequestForm) -> None:
        self.form = form


class Overtaken(Exception):  # noqa: N818 -- as above
    """A draft has been saved anew, sent, held or thrown away since it was read."""


def sent_as(token: UUID) -> Case | None:
    """The case that a draft has become."""
    return Case.objects.filter(submission_token=token).first()


def asks_something_else(token: UUID, material: str) -> bool:
    """Whether a form that was sent before is sent again with another matter in it.

    What counts is the matter as it was sent: the case's own may have been completed since.
    """
    if sent := sent_as(token):
        return fingerprint(material) != (sent.sent_hash or fingerprint(sent.material))
    held = RequestDraft.objects.filter(pk=token).exclude(held_at=None).first()
    return held is not None and fingerprint(material) != fingerprint(held.typed.get("material", ""))


def fingerprint(material: str) -> str:
    """The same for the same words, however they are spaced; it tells nobody the words."""
    return hashlib.sha256(" ".join(material.replace("\0", "").split()).encode()).hexdigest()


def form_of(draft: RequestDraft, *, offers_times: bool = True) -> RequestForm:
    """The draft as its form would be sent now, still bound to it."""
    sent = {**draft.typed, "submission_token": str(draft.token)}
    return FORMS[draft.kind](sent, draft=draft, offers_times=offers_times)


def save(token: UUID, form: RequestForm) -> RequestDraft:
    """Keep what was typed, right or wrong, and the files that were found to be good.

    Raises Overtaken where it was sent or held meanwhile: nothing of it may come back, or change.
    """
    # A null character can stand in no column; the form itself says what is wrong with it.
    typed = {name: text.replace("\0", "")[:LONGEST_TEXT] for name, text in form.typed()}
    with transaction.atomic():
        stored = _locked(token)
        if (stored and stored.held_at) or sent_as(token):
            raise Overtaken
        draft, _made = RequestDraft.objects.update_or_create(
            token=token,
            defaults={
                "kind": form.kind,
                "language": (get_language() or "id")[:2],
                "typed": typed,
                "saved_at": clock.now(),
            },
        )
        draft_files.remove_ticked(draft, form.removed)
        if form.chosen["materials"]:
            draft_files.remove(draft.files.filter(field="materials"))
        for field, files in form.chosen.items():
            draft_files.keep(draft, field, files)
    return draft


def send(draft: RequestDraft) -> Case:
    """Step 1: a draft becomes a case, once, however often and wherever it is sent at the same time.

    What is sent is what `draft` says. Raises Overtaken where it says something else by now, NotReady where
    something is wrong by now, such as a time that somebody else has taken.
    """
    try:
        papers = draft_files.papers(draft)
        with transaction.atomic():
            stored = _locked(draft.token)
            if case := sent_as(draft.token):
                return case
            if stored is None or stored.held_at or stored.saved_at != draft.saved_at:
                raise Overtaken
            lock_reservations()
            form = form_of(stored)
            if not form.is_valid():
                raise NotReady(form)
            return submit(stored, form, papers)
    except Refused as answer:
        form = form_of(draft)
        form.add_error(answer.field or None, str(answer))
        raise NotReady(form) from answer


def _locked(token: UUID) -> RequestDraft | None:
    """The draft as it is now, and as nobody else changes it until the end of the transaction."""
    return RequestDraft.objects.select_for_update().filter(pk=token).first()


def remove_old() -> int:
    """Erase the drafts that nobody has touched for seven days, and their files; returns how many.

    What a person has yet to look at stays for 90 days, and as long what was put aside.
    """
    week, months = clock.now() - LIFETIME, clock.now() - HELD_LIFETIME
    untouched = Q(held_at=None, saved_at__lt=week)
    unseen = Q(held_at__lt=months, put_aside_at=None)
    return erase(RequestDraft.objects.filter(untouched | unseen | Q(put_aside_at__lt=months)))


def erase(unwanted: QuerySet[RequestDraft]) -> int:
    """Delete drafts with their files; returns how many drafts."""
    with transaction.atomic():
        found = list(unwanted.select_for_update().values_list("pk", flat=True))
        draft_files.remove(DraftFile.objects.filter(draft__in=found))
        RequestDraft.objects.filter(pk__in=found).delete()
    return len(found)


def submit(
    draft: RequestDraft,
    form: RequestForm,
    papers: dict[str, CheckedFile | None],
    at: dt.datetime | None = None,
    note: str = "",
) -> Case:
    """Make a checked draft a case, and erase it; within a transaction that holds the draft."""
    case = intake_services.submit(
        **form.cleaned_data,
        letter=papers["letter"],
        materials=papers["materials"],
        submission_token=draft.token,
        sent_hash=fingerprint(draft.typed.get("material", "")),
        language=draft.language,
        at=at,
        note=note,
    )
    erase(RequestDraft.objects.filter(pk=draft.pk))
    return case
