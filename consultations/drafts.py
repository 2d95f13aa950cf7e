"""Drafts: what is typed waits here until it is sent, looked at by a person, or left for a week."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from consultations import services
from consultations.files import CheckedFile
from consultations.forms.request import FILES, ComplaintForm, RequestForm
from consultations.free_times import keep_still
from consultations.letters import as_one_pdf
from consultations.models import Case, DraftFile, RequestDraft
from consultations.parties import Party, parties
from consultations.workflow import Refused
from office import clock
from office.models import User

MOST_HELD = 20
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
            _remove(draft.files.filter(field="materials"))
        for field, files in form.chosen.items():
            _keep(draft, field, files)
    return draft


def remove_files(draft: RequestDraft, keys: Sequence[str]) -> None:
    """Take away the files that the applicant has ticked; keys of anything else are ignored."""
    ticked = [pk for pk in draft.files.values_list("pk", flat=True) if str(pk) in keys]
    _remove(draft.files.filter(pk__in=ticked))


def send(draft: RequestDraft) -> Case:
    """Step 1: a draft becomes a case, once, however often and wherever it is sent at the same time.

    Raises NotReady where something is wrong by now, such as a time that somebody else has taken.
    """
    papers = _papers(draft)
    with transaction.atomic():
        keep_still()
        if case := sent_as(draft.token):
            return case
        form = form_of(draft)
        if not form.is_valid():
            raise NotReady(form)
        return _submit(draft, form, papers)


def hold(draft: RequestDraft, because: Promise | str) -> None:
    """Let a person look at a draft before it comes in, and say why, in the office's language."""
    with override(settings.LANGUAGE_CODE):
        why = str(because)
    RequestDraft.objects.filter(pk=draft.pk, held_at=None).update(held_at=clock.now(), held_because=why)


def may_judge(user: User) -> bool:
    """Whether the user decides what becomes of held drafts: Tim PKD does."""
    return Party.TIM_PKD in parties(user, Case())


def held_for(user: User) -> list[RequestDraft]:
    """The held drafts that wait for the user's judgement, the oldest first."""
    if not may_judge(user):
        return []
    return list(RequestDraft.objects.exclude(held_at=None).defer("typed").order_by("held_at")[:MOST_HELD])


def take_in(draft: RequestDraft, *, by: User) -> Case:
    """A held draft comes in after all, as of the moment at which it was sent.

    Raises PermissionDenied for all but Tim PKD, Refused where it cannot come in any more.
    """
    _check_may_judge(by)
    papers = _papers(draft)
    with transaction.atomic():
        if case := sent_as(draft.token):
            return case
        if not RequestDraft.objects.filter(pk=draft.pk).select_for_update().values("pk"):
            raise Refused(_("Kiriman ini sudah dihapus."))
        form = form_of(draft, offers_times=False)
        if not form.is_valid():
            raise Refused(
                _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
            )
        return _submit(draft, form, papers, at=draft.held_at)


def discard(draft: RequestDraft, *, by: User) -> None:
    """A held draft is thrown away with its files (Hapus). Raises PermissionDenied for all but Tim PKD."""
    _check_may_judge(by)
    erase(RequestDraft.objects.filter(pk=draft.pk))


def remove_old() -> int:
    """Erase the drafts that nobody has touched for seven days, and their files; returns how many.

    What a person has yet to look at stays.
    """
    return erase(RequestDraft.objects.filter(held_at=None, saved_at__lt=clock.now() - LIFETIME))


def erase(drafts: QuerySet[RequestDraft]) -> int:
    """Delete drafts with their files; returns how many drafts."""
    with transaction.atomic():
        found = list(drafts.select_for_update().values_list("pk", flat=True))
        _remove(DraftFile.objects.filter(draft__in=found))
        RequestDraft.objects.filter(pk__in=found).delete()
    return len(found)


def _submit(
    draft: RequestDraft,
    form: RequestForm,
    papers: dict[str, CheckedFile | None],
    at: dt.datetime | None = None,
) -> Case:
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


def _check_may_judge(user: User) -> None:
    if not may_judge(user):
        raise PermissionDenied


def _keep(draft: RequestDraft, field: str, files: list[CheckedFile]) -> None:
    """Store files with the draft; one that it holds already is not stored twice (back, and sent again)."""
    held = [file for stored in draft.files.filter(field=field) if (file := _read(stored))]
    for file in files:
        if file.content not in [other.content for other in held]:
            held.append(file)
            draft.files.create(
                field=field,
                file=ContentFile(file.content, name=file.name),
                name=file.name,
                content_type=file.content_type,
                size=len(file.content),
            )


def _papers(draft: RequestDraft) -> dict[str, CheckedFile | None]:
    """The draft's files as the case takes them: the letter as one PDF, the material as it is."""
    files: dict[str, list[CheckedFile]] = {name: [] for name in FILES}
    for stored in draft.files.order_by("pk"):
        if file := _read(stored):
            files[stored.field].append(file)
    return {"letter": as_one_pdf(files["letter"]), "materials": next(iter(files["materials"]), None)}


def _read(stored: DraftFile) -> CheckedFile | None:
    """A file of a draft; one that the disk has lost is forgotten, so that the form asks for it again."""
    try:
        with stored.file.open("rb") as content:
            return CheckedFile(content.read(), stored.content_type, stored.name)
    except FileNotFoundError:
        stored.delete()
        return None


def _remove(files: QuerySet[DraftFile]) -> None:
    """Delete files; the disk is cleared once the database has forgotten them."""
    names = list(files.values_list("file", flat=True))
    files.delete()

    def clear_disk() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(clear_disk)
