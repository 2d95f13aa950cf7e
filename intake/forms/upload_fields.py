"""Form fields for uploads: one file or several, checked when the form is validated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from intake.models import DraftFile
from intake.uploads import EXTENSIONS, CheckedFile, check_file

MOST_FILES = 5
"""Files that one field holds."""


TOO_MANY_FILES = _("Paling banyak 5 berkas. Pilih lebih sedikit, atau gabungkan menjadi satu PDF.")


FILE_ATTRS = {"accept": ",".join(EXTENSIONS), "data-shrink": ""}
"""What the chooser offers; `data-shrink`: static/js/photos.js makes large photographs smaller first."""


class CheckedFileField(forms.FileField):
    """An upload that was opened and found to be PDF, JPEG or PNG; its value is a `CheckedFile` (or None)."""

    default_error_messages = {
        "required": _("Pilih berkas PDF, JPEG, atau PNG."),
        "invalid": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "missing": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "empty": _("Berkas ini kosong. Pilih berkas lain."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("PDF, JPEG, atau PNG, paling besar 5 MB"))
        kwargs.setdefault("widget", forms.FileInput(attrs={**FILE_ATTRS}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> CheckedFile | None:  # type: ignore[override]
        return check_file(data) if super().to_python(data) else None


class SeveralFilesInput(forms.FileInput):
    """The browser's file chooser, for more than one file."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class ChosenFiles:
    """Several uploads of one field: those that were found good, and what is wrong with each of the others.

    `names` are those of the good ones as the applicant's telephone calls them.
    """

    good: list[CheckedFile]
    names: list[str]
    refused: list[ValidationError]

    def besides(self, kept: Sequence[DraftFile]) -> list[CheckedFile]:
        """The good ones, each once, without those that are kept already (chosen again after going back)."""
        each = {file.content: file for file in self.good}
        return [file for file in each.values() if not any(old.holds(file.content) for old in kept)]


class CheckedFilesField(CheckedFileField):
    """Several uploads for one field; its value is `ChosenFiles`, so that a bad one loses no other."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("PDF atau foto (JPEG, PNG), paling banyak 5 berkas, masing-masing paling besar 5 MB"),
        )
        super().__init__(widget=SeveralFilesInput(attrs={**FILE_ATTRS}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> ChosenFiles:
        uploads = [upload for upload in data or [] if upload]
        if len(uploads) > MOST_FILES:
            raise ValidationError(TOO_MANY_FILES)
        chosen = ChosenFiles([], [], [])
        for upload in uploads:
            try:
                chosen.good.append(super().clean(upload, initial))
                chosen.names.append(upload.name)
            except ValidationError as error:
                chosen.refused.append(ValidationError(f"{upload.name}: {' '.join(error.messages)}"))
        return chosen
