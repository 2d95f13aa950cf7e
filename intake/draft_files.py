"""Files of drafts: stored once each, handed on as the case takes them, gone from the disk with their row."""

from collections.abc import Collection
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet, Sum

from consultations.models import Attachment
from consultations.workflow import Refused
from intake.merge_pdf import as_one_pdf
from intake.models import DraftFile, RequestDraft
from intake.models.draft import FILES
from intake.uploads import CheckedFile, without_name

MOST_BYTES = 2 * 1024**3
"""What all drafts together may hold, so that what is not sent yet never fills the disk."""


def has_room_for(size: int) -> bool:
    """Whether files of `size` bytes fit beside those of all other drafts."""
    return (DraftFile.objects.aggregate(bytes=Sum("size"))["bytes"] or 0) + size <= MOST_BYTES


def remove_ticked(draft: RequestDraft, keys: Collection[str]) -> None:
    """Take away the files that the applicant has ticked; keys of anything else are ignored."""
    ticked = [pk for pk in draft.files.values_list("pk", flat=True) if str(pk) in keys]
    remove(draft.files.filter(pk__in=ticked))


def keep(draft: RequestDraft, field: str, files: list[CheckedFile]) -> None:
    """Store files with the draft; one that it holds already is not stored twice (back, and sent again)."""
    held = list(draft.files.filter(field=field))
    for file in files:
        if not any(stored.holds(file.content) for stored in held):
            stored = draft.files.create(
                field=field,
                file=ContentFile(file.content, name=file.name),
                name=file.name,
                content_type=file.content_type,
                size=len(file.content),
            )
            held.append(stored)


def papers(draft: RequestDraft) -> dict[str, CheckedFile | None]:
    """The draft's files as the case takes them: the letter as one PDF, no name of who stays hidden in them.

    Raises Refused where the letter's files cannot be joined, or a file cannot lose that name.
    """
    files: dict[str, list[CheckedFile]] = {name: [] for name in FILES}
    for stored in draft.files.order_by("pk"):
        if file := _read(stored):
            files[stored.field].append(file)
    try:
        letter = as_one_pdf(files["letter"])
    except ValidationError as error:
        raise Refused(error.messages[0], field="letter") from error
    materials = next(iter(files["materials"]), None)
    return {
        "letter": without_name(draft.identity, letter, Attachment.Purpose.LETTER),
        "materials": without_name(draft.identity, materials, Attachment.Purpose.MATERIAL),
    }


def remove(files: QuerySet[DraftFile]) -> None:
    """Delete files; the disk is cleared once the database has forgotten them."""
    names = list(files.values_list("file", flat=True))
    files.delete()
    for name in names:  # each by itself: where the disk fails, the others go, and the applicant is answered
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _read(stored: DraftFile) -> CheckedFile | None:
    """A file of a draft; one that the disk has lost is forgotten, so that the form asks for it again."""
    try:
        with stored.file.open("rb") as content:
            return CheckedFile(content.read(), stored.content_type, stored.name)
    except FileNotFoundError:
        stored.delete()
        return None
