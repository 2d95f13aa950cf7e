"""Step 7: who attended a consultation, with scans of the signed list and photographs."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.forms import StepForm
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm, attach
from consultations.models import Attachment, Case
from consultations.scheduling.forms import ATTENDEES_HELP
from consultations.scheduling.queries import current_session
from consultations.workflow import transition
from kit.forms import TextField
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


class AttendanceForm(FilesForm, StepForm):
    """The attendees, scans of the signed list, photographs, and the stored files to delete.

    An answer in writing has photographs only.
    """

    attendees = TextField(
        label=_("Yang hadir"),
        rows=6,
        max_length=2_000,
        help_text=ATTENDEES_HELP,
        error_messages={"required": _("Tulis siapa saja yang hadir.")},
    )
    sheets = CheckedFilesField(
        label=_("Pindaian daftar hadir"),
        required=False,
        help_text=_("Foto atau pindaian lembar yang sudah ditandatangani, paling banyak 5 berkas."),
    )
    photos = CheckedFilesField(
        label=_("Foto konsultasi"),
        required=False,
        help_text=_("Paling banyak 5 foto. Minta izin orang yang difoto: foto tercetak dalam laporan."),
    )
    removed = forms.TypedMultipleChoiceField(
        label=_("Hapus berkas"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    notice = _("Daftar hadir dan foto tercetak sebagai lampiran laporan, yang juga dibaca pemohon.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = current_session(self.case)
        removed: Any = self.fields["removed"]
        removed.choices = [
            (file.pk, f"{file.name} ({file.get_purpose_display()})") for file in list_removable(self.case)
        ]
        if not removed.choices:
            del self.fields["removed"]
        if self.session and self.session.is_written:
            del self.fields["attendees"], self.fields["sheets"]
        else:
            self.fields["attendees"].initial = self.session.attendees if self.session else ""
            self.fields["attendees"].required = bool(self.session and self.session.attendees)

    def clean(self) -> dict[str, Any]:
        """Add an error to the first field of an empty form."""
        super().clean()
        if not self.errors and not any(self.cleaned_data.get(name) for name in self.fields):
            self.add_error(next(iter(self.fields)), _("Tulis siapa yang hadir, atau pilih berkasnya."))
        return self.cleaned_data

    def clean_sheets(self) -> list[CheckedFile]:
        return self.accepted_files("sheets")

    def clean_photos(self) -> list[CheckedFile]:
        photos = self.accepted_files("photos")
        if any(not photo.is_picture for photo in photos):
            raise ValidationError(_("Ini PDF. Pilih foto JPEG, PNG, atau HEIC."))
        return photos
