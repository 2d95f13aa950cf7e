"""Step 7: who attended a consultation, with scans of the signed list and photographs."""

from collections.abc import Collection, Sequence
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.scheduling.queries import current_session
from consultations.workflow import transition
from kit.refusal import Refused
from office.models import User

MAX_FILES = 12
"""Files of one consultation that are printed with its report."""


def record_attendance(
    case: Case,
    *,
    by: User,
    attendees: str = "",
    sheets: Sequence[CheckedFile] = (),
    photos: Sequence[CheckedFile] = (),
    removed: Collection[int] = (),
) -> None:
    """Step 7: store the attendees, scans of the signed list, and photographs; delete the `removed` files.

    A file that an accepted report contains is not deleted. Raise Refused beyond MAX_FILES.
    """
    note = f"Foto: {len(photos)}. Pindaian daftar hadir: {len(sheets)}. Dihapus: {len(removed)}."
    with transition("record_attendance", case, by=by, note=note):
        session = current_session(case)
        if session and attendees:
            session.attendees = attendees
            session.save(update_fields=["attendees"])
        _delete(list_removable(case).filter(pk__in=removed))
        for file in sheets:
            attach(case, file, purpose=Attachment.Purpose.ATTENDANCE, by=by)
        for file in photos:
            attach(case, file, purpose=Attachment.Purpose.PHOTO, by=by)
        if case.attachments.filter(purpose__in=Attachment.OF_SESSION).count() > MAX_FILES:
            raise Refused(_("Paling banyak 12 berkas untuk satu konsultasi. Hapus sebagian lebih dahulu."))


def list_removable(case: Case) -> QuerySet[Attachment]:
    """Return the attendance lists and photographs that no accepted report contains."""
    files = case.attachments.filter(purpose__in=Attachment.OF_SESSION).order_by("pk")
    accepted_at = case.reports.aggregate(last=Max("accepted_at"))["last"]
    return files.filter(added_at__gt=accepted_at) if accepted_at else files


def _delete(files: QuerySet[Attachment]) -> None:
    """Delete the rows, and their files after commit."""
    names = {name for file in files for name in (file.file.name, file.inert_copy.name) if name}
    files.delete()
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
