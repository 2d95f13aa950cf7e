"""Form fields that every page shares: a checked file, a telephone number, a local date and time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from consultations.files import EXTENSIONS, CheckedFile, check_file
from consultations.models import DraftFile
from consultations.models.spelling import with_plus

YEARS = range(2000, 2100)
"""Years that a date of this service can lie in; others are typing errors (and some overflow a database)."""

MOST_FILES = 5
"""Files that one field holds."""

TOO_MANY_FILES = _("Paling banyak 5 berkas. Pilih lebih sedikit, atau gabungkan menjadi satu PDF.")
FILE_ATTRS = {"accept": ",".join(EXTENSIONS), "data-shrink": ""}
"""What the chooser offers; `data-shrink`: static/js/photos.js makes large photographs smaller first."""

WRONG_DATE = _("Tulis tanggal yang ada di kalender, contoh: 24-11-2026.")
WRONG_DATETIME = _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30.")
NO_PHONE = _("Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")
WRONG_PHONE = _("Nomor ini tidak dikenal. Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")


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


class PhoneField(PhoneNumberField):
    """A telephone number as people here write it: 0812..., 812..., 62812..., +62 812-..."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("No. kontak / WhatsApp"))
        messages = {"invalid": WRONG_PHONE, "required": NO_PHONE, **kwargs.pop("error_messages", {})}
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(
            region="ID", max_length=30, error_messages=messages, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(with_plus(value) if isinstance(value, str) else value)


class LocalDateField(forms.DateField):
    """A date: the browser's own calendar, or typed as `24-11-2026`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATE, "required": WRONG_DATE})
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        formats = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        return _of_our_time(super().to_python(value), WRONG_DATE)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _as_read(self, data)


class LocalDateTimeField(forms.DateTimeField):
    """A date and time of WIB: the browser's own picker, or typed as `24-11-2026 09.30`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATETIME, "required": WRONG_DATETIME})
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        days, times = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"), ("%H.%M", "%H:%M")
        formats = [f"{day} {time}" for day in days for time in times]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        return _of_our_time(super().to_python(value), WRONG_DATETIME)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _as_read(self, data)


def _of_our_time[Moment: (dt.date, dt.datetime)](moment: Moment | None, sentence: Any) -> Moment | None:
    if moment and moment.year not in YEARS:
        raise ValidationError(sentence, code="invalid")
    return moment


def _as_read(field: forms.Field, data: Any) -> Any:
    """What was typed, in the form in which the browser's picker can show it again, where it can be read."""
    try:
        return field.to_python(data)
    except ValidationError:
        return data
