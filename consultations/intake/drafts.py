"""Drafts of requests: saved with their files while an applicant types, deleted if abandoned.

One submission token makes one draft and one case, however often it is sent.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy as _, override

from consultations.enums import Kind, Party, Task
from consultations.intake import services
from consultations.intake.models import FILES, DraftFile, RequestDraft
from consultations.intake.requirements import Given
from consultations.intake.uploads import CheckedFile, anonymise, merge_to_pdf
from consultations.models import Attachment, Case, WorkItem
from consultations.scheduling.availability import reserve_time
from consultations.scheduling.visit_time import name_promise
from consultations.step_row import LATEST_ENTRY
from consultations.work import replace_items
from kit import clock
from kit.encryption import NotAsStored
from kit.refusal import Refused


def new_token() -> UUID:
    """Return a submission token: 128 random bits. A random UUID of the standard has 122."""
    return UUID(bytes=secrets.token_bytes(16))


def hash_submission(token: UUID) -> UUID:
    """Return the first 128 bits of the SHA-256 of a submission token.

    The token leads to the draft and to the applicant's secret link, so the database stores this instead.
    """
    return UUID(bytes=hashlib.sha256(token.bytes).digest()[:16])


def case_for_token(token: UUID) -> Case | None:
    """Return the case that was created with this submission token."""
    return case_of_submission(hash_submission(token))


def case_of_submission(submission_hash: UUID) -> Case | None:
    """Return the case that was created with this hash of a submission token."""
    return Case.objects.filter(submission_hash=submission_hash).first()


def create_once(submission_hash: UUID, create: Callable[[], Case]) -> Case:
    """Return the case that `create` makes, or the case that was created with this submission before.

    The unique constraint on `Case.submission_hash` decides between requests that run at the same time.
    Raise what `create` raises if there is no such case. `create` must roll back its own writes.
    """
    try:
        return create()
    except (IntegrityError, Refused):
        if case := case_of_submission(submission_hash):
            return case
        raise


LIFETIME = dt.timedelta(days=7)
HELD_LIFETIME = LATEST_ENTRY
"""Lifetime of held and of escalated drafts. After it the draft cannot become a case any more."""

MAX_TEXT = 20_000
"""Characters stored per field. Above the limit of any field, so that the form shows a too long text again."""


class Overtaken(Refused):
    """A draft was saved, sent, held, escalated or deleted since it was read."""

    def __init__(self) -> None:
        super().__init__(_("Orang lain baru saja memutuskan kiriman ini."))


def find(token: UUID) -> RequestDraft | Case | None:
    """Return the draft with this token, or the case that it became. The two never exist together."""
    draft = RequestDraft.objects.prefetch_related("files").filter(pk=hash_submission(token)).first()
    if draft is None:
        return case_for_token(token)
    draft.token = token
    return draft


def fingerprint(kind: str, typed: Mapping[str, str], files: Mapping[str, Sequence[CheckedFile]]) -> str:
    """Return keyed hashes of what was sent: of the texts of the fields, and of the files if there are any.

    What each form gets when it is handed out does not count. A copy of the database does not tell whether a
    guessed complainant fits the hash.
    """
    texts = sorted(field for field in typed.items() if field[0] not in HANDED_OUT)
    hashes = {
        (name, hashlib.sha256(file.content).hexdigest()) for name, found in files.items() for file in found
    }
    return _hash([kind, texts]) + (_hash(sorted(hashes)) if hashes else "")


def _hash(sent: object) -> str:
    return salted_hmac(__name__, json.dumps(sent), algorithm="sha256").hexdigest()[:HALF]


HALF = 32
"""Hexadecimal digits of each of the two hashes."""


HANDED_OUT = ("stamp", name_promise("visit_at"))
"""Fields that a form gets when it is handed out."""


def is_repeated(found: RequestDraft | Case, sent_hash: str) -> bool:
    """Whether a form with this `fingerprint()` says what a sent draft or a case said when it was sent.

    A form without files says the same as one with files: a browser sends no file again that is listed as
    stored. Never true for a case of an older version: its hash has another form.
    """
    try:
        before = found.sent_hash if isinstance(found, Case) else hash_draft(found)
    except Refused:  # a file cannot be found now
        return False
    return sent_hash[:HALF] == before[:HALF] and sent_hash[HALF:] in ("", before[HALF:])


def hash_draft(draft: RequestDraft) -> str:
    """Return the `fingerprint()` of a draft. Raise Refused if a file cannot be found now."""
    return fingerprint(draft.kind, draft.typed, read_files(draft))


@transaction.atomic
def save(
    token: UUID,
    *,
    kind: str,
    typed: Mapping[str, str],
    files: Mapping[str, Sequence[CheckedFile]],
    removed: Collection[str] = (),
) -> RequestDraft:
    """Store what was typed, valid or not, and the checked files.

    `removed` are the keys of stored files to delete. Raise Overtaken if the draft was sent or held meanwhile.
    """
    key = hash_submission(token)
    columns = {
        "kind": kind,
        "is_independent": kind == Kind.COMPLAINT and bool(typed.get("is_independent")),
        "language": (get_language() or "id")[:2],
        # PostgreSQL stores no null characters. The form reports them.
        "typed": {name: text.replace("\0", "")[:MAX_TEXT] for name, text in typed.items()},
        "saved_at": clock.now(),
    }
    # Store first: this locks the row, so that what is read after it does not change any more.
    RequestDraft.objects.bulk_create(
        [RequestDraft(pk=key, **columns)],
        update_conflicts=True,
        unique_fields=["token_hash"],
        update_fields=columns,
    )
    sent = Case.objects.filter(submission_hash=OuterRef("pk"))
    draft = RequestDraft.objects.filter(~Exists(sent), held_at=None).filter(pk=key).first()
    if draft is None:
        raise Overtaken
    draft.token = token
    replace(draft, files, removed=removed)
    return draft


def create_case(
    draft: RequestDraft, details: Mapping[str, Any], *, at: dt.datetime | None = None, note: str = ""
) -> Case:
    """Turn a draft into a case and delete it. Return the same case if called again.

    `details` are the cleaned data of the draft's form. `at` is when a held draft was sent. The visit time of
    such a draft is not checked again. Raise Overtaken if the draft has changed since it was read. Raise
    Refused if a file or the visit time is not available any more.
    """
    return create_once(draft.pk, lambda: _create_case(draft, details, at=at, note=note))


SAME_WITHIN = dt.timedelta(days=1)
"""Time within which the same request is not sent again."""


def find_same(draft: RequestDraft, submission_hash: UUID | None) -> Case | None:
    """Return the case of an earlier submission if the draft repeats it, and delete the draft.

    The case must be open and of SAME_WITHIN. After Back the filled form has a new token. The submission must
    be one that this browser sent, because the case leads to its secret link.
    """
    if submission_hash is None:
        return None
    recent = (clock.now() - SAME_WITHIN, clock.now())
    same = Case.objects.open().filter(submission_hash=submission_hash, submitted_at__range=recent).first()
    if same is None or not is_repeated(same, hash_draft(draft)):
        return None
    with suppress(Overtaken), transaction.atomic():  # a second press comes too late
        _delete_unchanged(draft)
    return same


def _create_case(
    draft: RequestDraft, details: Mapping[str, Any], *, at: dt.datetime | None, note: str
) -> Case:
    sent = read_files(draft)
    sent_hash = fingerprint(draft.kind, draft.typed, sent)
    files = _prepare(draft, sent)  # may take a minute, so before the transaction

    def claim(case: Case) -> None:
        _delete_unchanged(draft)
        if case.visit_at and not draft.held_at:
            reserve_time(case.visit_at, case, field="visit_at")

    details = dict(details)
    met: Mapping[str, str] = details.pop("requirements", {})
    return services.submit(
        **details,
        requirements=[Given(text, files.get(name)) for name, text in met.items()],
        letter=files["letter"],
        materials=files["materials"],
        submission_hash=draft.pk,
        sent_hash=sent_hash,
        language=draft.language,
        at=at,
        note=note,
        claim=claim,
    )


def _delete_unchanged(draft: RequestDraft) -> None:
    """Delete a draft with its files. Raise Overtaken if it has changed since it was read."""
    delete_from_disk(draft.files.all())
    seen = {name: getattr(draft, name) for name in ("pk", "saved_at", "held_at", "escalated_at")}
    if not RequestDraft.objects.filter(**seen).delete()[0]:
        raise Overtaken
    if draft.held_at:
        store_items([draft.held_key])


def get_moderator(draft: RequestDraft) -> Party:
    """Return who decides on a held draft."""
    if draft.is_independent:
        return Party.SUPERVISOR
    return Party.HEAD if draft.escalated_at else Party.TIM_PKD


def list_items(drafts: QuerySet[RequestDraft]) -> Iterator[WorkItem]:
    """Yield the work items of held drafts, not saved."""
    for draft in drafts.exclude(held_at=None).only("held_key", "held_at", "escalated_at", "is_independent"):
        item = WorkItem(kind=Task.DRAFT, subject=str(draft.held_key))
        item.party, item.since = get_moderator(draft), draft.escalated_at or draft.held_at or clock.now()
        yield item


def store_items(held_keys: Collection[UUID]) -> None:
    """Open and close the work items of drafts."""
    present = WorkItem.objects.open().filter(case=None, kind=Task.DRAFT, subject__in=map(str, held_keys))
    replace_items(present, list_items(RequestDraft.objects.filter(held_key__in=held_keys)))


@transaction.atomic
def hold(draft: RequestDraft, reason: Promise | str) -> None:
    """Let a moderator decide on a draft. `reason` is stored in the language of the office.

    Raise Overtaken if the draft has changed since it was read.
    """
    with override(settings.LANGUAGE_CODE):
        text = str(reason)
    unchanged = RequestDraft.objects.filter(pk=draft.pk, held_at=None, saved_at=draft.saved_at)
    if not unchanged.update(held_at=clock.now(), held_because=text):
        raise Overtaken
    store_items([draft.held_key])


def delete_expired() -> int:
    """Delete drafts that nobody touched for 7 days, and held ones after 90 days; return how many."""
    week, held = clock.now() - LIFETIME, clock.now() - HELD_LIFETIME
    return delete(
        RequestDraft.objects.filter(
            Q(held_at=None, saved_at__lt=week)
            | Q(held_at__lt=held, escalated_at=None)
            | Q(escalated_at__lt=held)
        )
    )


@transaction.atomic
def delete(drafts: QuerySet[RequestDraft]) -> int:
    """Delete drafts with their files; return how many."""
    found = list(drafts.select_for_update().values_list("pk", "held_key", "held_at"))
    keys = [key for key, _held_key, _held_at in found]
    delete_from_disk(DraftFile.objects.filter(draft__in=keys))
    RequestDraft.objects.filter(pk__in=keys).delete()
    if held := [held_key for _key, held_key, held_at in found if held_at]:
        store_items(held)
    return len(found)


NOT_FOUND = _(
    "Berkas %(name)s belum dapat dibaca dari penyimpanan. Tunggu sebentar, lalu kirim lagi. Bila tetap "
    "gagal, centang “Hapus berkas ini” dan pilih berkas itu lagi."
)

MAX_BYTES = 2 * 1024**3
"""Bytes of all drafts together, so that unsent requests never fill the disk."""


def has_room_for(size: int) -> bool:
    """Whether files of `size` bytes fit beside those of all drafts."""
    return (DraftFile.objects.aggregate(bytes=Sum("size"))["bytes"] or 0) + size <= MAX_BYTES


def replace(
    draft: RequestDraft, files: Mapping[str, Sequence[CheckedFile]], *, removed: Collection[str]
) -> None:
    """Delete the `removed` files and store the new ones. A new file of a requirement replaces the old one.

    Keys that are not of this draft's files are ignored.
    """
    if removed:
        keys = draft.files.values_list("pk", flat=True)
        _delete(draft.files.filter(pk__in=[pk for pk in keys if str(pk) in removed]))
    for field, chosen in files.items():
        if chosen and field not in FILES:
            _delete(draft.files.filter(field=field))
        if chosen:
            _store(draft, field, chosen)


def read_files(draft: RequestDraft) -> dict[str, list[CheckedFile]]:
    """Return the files of each field.

    Raise Refused if one cannot be found now: another machine may have it.
    """
    files: dict[str, list[CheckedFile]] = {name: [] for name in FILES}
    for stored in draft.files.all():
        files.setdefault(stored.field, []).append(_read(stored))
    return files


def _prepare(draft: RequestDraft, files: dict[str, list[CheckedFile]]) -> dict[str, Any]:
    """Return the files as the case stores them: the letter as one PDF, no name of a hidden complainant.

    May take a minute: call it outside a transaction. Raise Refused if the letter cannot be merged or a name
    cannot be removed.
    """
    try:
        letter = merge_to_pdf(files["letter"])
    except ValidationError as error:
        raise Refused(error.messages[0], field="letter") from error
    materials = files.pop("materials")
    return {
        **{name: found[0] for name, found in files.items() if found},
        "letter": anonymise(draft.identity, letter, Attachment.Purpose.LETTER),
        "materials": [anonymise(draft.identity, file, Attachment.Purpose.MATERIAL) for file in materials],
    }


def delete_from_disk(files: Iterable[DraftFile]) -> None:
    """Delete each file from disk after commit. A failing disk does not stop the request."""
    for file in files:
        transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)


def _store(draft: RequestDraft, field: str, files: Sequence[CheckedFile]) -> None:
    """Store files. A file that is stored already is not stored again (back button, double click)."""
    stored = list(draft.files.filter(field=field))
    for file in files:
        if not any(old.has_content(file.content) for old in stored):
            stored.append(
                draft.files.create(
                    field=field,
                    file=ContentFile(file.content, name=file.name),
                    name=file.name,
                    content_type=file.content_type,
                    size=len(file.content),
                )
            )


def _delete(files: QuerySet[DraftFile]) -> None:
    delete_from_disk(files)
    files.delete()


def _read(stored: DraftFile) -> CheckedFile:
    try:
        with stored.file.open("rb") as content:
            return CheckedFile(content.read(), stored.content_type, stored.name)
    except (FileNotFoundError, NotAsStored) as error:
        raise Refused(NOT_FOUND % {"name": stored.name}, field=stored.field) from error
