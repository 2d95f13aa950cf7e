"""Files of drafts: stored once each, handed to the case, deleted from disk after their row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from consultations.models import Attachment
from intake.merge_pdf import merge_to_pdf
from intake.models import DraftFile, RequestDraft
from intake.models.draft import FILES
from intake.uploads import CheckedFile, anonymise
from kit.refusal import Refused

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
    """Delete the `removed` files and store the new ones. New material replaces the old.

    Keys that are not of this draft's files are ignored.
    """
    if removed:
        keys = draft.files.values_list("pk", flat=True)
        _delete(draft.files.filter(pk__in=[pk for pk in keys if str(pk) in removed]))
    if files["materials"]:
        _delete(draft.files.filter(field="materials"))
    for field, chosen in files.items():
        if chosen:
            _store(draft, field, chosen)


def load(draft: RequestDraft) -> dict[str, CheckedFile | None]:
    """Return the files as the case stores them: the letter as one PDF, no name of a hidden complainant.

    May take a minute: call it outside a transaction. Raise Refused if the letter cannot be merged, if a
    name cannot be removed, or if a file cannot be found now: another machine may have it.
    """
    files: dict[str, list[CheckedFile]] = {name: [] for name in FILES}
    for stored in draft.files.all():
        files[stored.field].append(_read(stored))
    try:
        letter = merge_to_pdf(files["letter"])
    except ValidationError as error:
        raise Refused(error.messages[0], field="letter") from error
    materials = next(iter(files["materials"]), None)
    return {
        "letter": anonymise(draft.identity, letter, Attachment.Purpose.LETTER),
        "materials": anonymise(draft.identity, materials, Attachment.Purpose.MATERIAL),
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
    except FileNotFoundError as error:
        raise Refused(NOT_FOUND % {"name": stored.name}, field=stored.field) from error
