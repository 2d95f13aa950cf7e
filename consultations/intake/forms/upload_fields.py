"""Form fields for one or several uploads, checked during validation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.intake.models import DraftFile
from consultations.intake.uploads import EXTENSIONS, MAX_BYTES, TOO_LARGE, CheckedFile, check_file

MAX_FILES = 5
"""Files per field."""

TOO_MANY_FILES = _("Paling banyak 5 berkas. Pilih lebih sedikit, atau gabungkan menjadi satu PDF.")

FILE_ATTRS = {
    "accept": ",".join([*EXTENSIONS, "image/heic", "image/heif", ".heic", ".heif"]),
    "data-max-bytes": MAX_BYTES,
    "data-too-large": TOO_LARGE,
}
"""static/js/photos.js makes large photographs smaller before the upload, and refuses what stays too large."""


class CheckedFileField(forms.FileField):
    """An upload whose value is a `CheckedFile`, or None."""

    default_error_messages = {
        "required": _("Pilih berkas PDF, JPEG, PNG, atau HEIC."),
        "invalid": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "missing": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "empty": _("Berkas ini kosong. Pilih berkas lain."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("PDF, JPEG, PNG, atau HEIC, paling besar 5 MB"))
        kwargs.setdefault("widget", forms.FileInput(attrs={**FILE_ATTRS}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> CheckedFile | None:  # type: ignore[override]
        return check_file(data) if super().to_python(data) else None


class SeveralFilesInput(forms.FileInput):
    """A file input for several files."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class ChosenFiles:
    """Uploads of one field: the accepted ones with their original names, and errors for the others."""

    accepted: list[CheckedFile] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    errors: list[ValidationError] = field(default_factory=list)

    def except_stored(self, stored: Sequence[DraftFile]) -> list[CheckedFile]:
        """Return the accepted files, each once, without those that are stored already."""
        unique = {file.content: file for file in self.accepted}
        return [file for file in unique.values() if not any(old.has_content(file.content) for old in stored)]


class CheckedFilesField(CheckedFileField):
    """Several uploads. The value is `ChosenFiles`, so that one bad file does not lose the others."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _(
                "PDF, atau foto tiap lembarnya: paling banyak 5 berkas, masing-masing paling besar 5 MB. "
                "Foto dijadikan satu PDF."
            ),
        )
        super().__init__(widget=SeveralFilesInput(attrs={**FILE_ATTRS}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> ChosenFiles:
        uploads = [upload for upload in data or [] if upload]
        if len(uploads) > MAX_FILES:
            raise ValidationError(TOO_MANY_FILES)
        chosen = ChosenFiles()
        for upload in uploads:
            try:
                chosen.accepted.append(super().clean(upload, initial))
                chosen.names.append(upload.name)
            except ValidationError as error:
                chosen.errors.append(ValidationError(f"{upload.name}: {' '.join(error.messages)}"))
        return chosen


class FilesForm(forms.Form):
    """Base of forms with a `CheckedFilesField` whose files are not stored if another field is invalid.

    `choose_again` then lists the names of the files that must be chosen again.
    """

    choose_again: tuple[str, ...] = ()

    def accepted_files(self, name: str) -> list[CheckedFile]:
        """Return the files of a field. Raise ValidationError if one is refused."""
        files: ChosenFiles = self.cleaned_data[name]
        self.choose_again = (*self.choose_again, *files.names)
        if files.errors:
            raise ValidationError(files.errors)
        return files.accepted
