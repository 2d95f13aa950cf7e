"""Form of step 7 for attendance and photographs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm
from consultations.intake.forms.upload_fields import CheckedFilesField, FilesForm
from consultations.intake.uploads import CheckedFile
from consultations.scheduling.forms.holding import ATTENDEES_HELP
from consultations.scheduling.queries import current_session
from kit.forms import TextField
from reports.attendance import list_removable


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
