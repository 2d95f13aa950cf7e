"""Form fields for all apps: telephone number, local date, local date and time."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from consultations.search_index import add_plus
from kit import clock

YEARS = range(2000, 2100)
"""Accepted years. Others are typing errors, and some overflow a database."""


WRONG_DATE = _("Tulis tanggal yang ada di kalender, contoh: 24-11-2026.")
WRONG_DATETIME = _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30.")
WRONG_TIME = _("Tulis jam, contoh: 09.30.")
NO_PHONE = _("Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")
WRONG_PHONE = _("Nomor ini tidak dikenal. Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")


class PhoneField(PhoneNumberField):
    """A telephone number in any usual Indonesian form: 0812..., 812..., 62812..., +62 812-..."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("No. kontak / WhatsApp"))
        messages = {"invalid": WRONG_PHONE, "required": NO_PHONE, **kwargs.pop("error_messages", {})}
        widget = forms.TelInput(attrs={"autocomplete": "tel"})
        super().__init__(region="ID", max_length=30, error_messages=messages, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(add_plus(value) if isinstance(value, str) else value)


class LocalDateField(forms.DateField):
    """A date from the browser's calendar, or typed as `24-11-2026`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATE, "required": WRONG_DATE})
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        formats = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        return _check_year(super().to_python(value), WRONG_DATE)

    def prepare_value(self, value: Any) -> Any:
        return _parse_or_keep(self, value)


class LetterDateField(LocalDateField):
    """The date of the applicant's letter, at most today."""

    def __init__(self) -> None:
        super().__init__(label=_("Tanggal surat"), required=False)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Tanggal surat tidak boleh sesudah hari ini."))


class LocalDateTimeField(forms.DateTimeField):
    """A date and time (office's zone) from the browser's picker, or typed as `24-11-2026 09.30`.

    A day whose hour is not chosen yet (`2026-11-24T`) gets a sentence of its own.
    """

    default_error_messages = {"no_hour": _("Pilih juga jamnya.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATETIME, "required": WRONG_DATETIME})
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        days, times = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"), ("%H.%M", "%H:%M")
        formats = [f"{day} {time}" for day in days for time in times]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        if isinstance(value, str) and value.endswith("T"):
            raise ValidationError(self.error_messages["no_hour"], code="no_hour")
        return _check_year(super().to_python(value), WRONG_DATETIME)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _parse_or_keep(self, data)


class LocalTimeField(forms.TimeField):
    """A time of day (office's zone) from the browser's picker, or typed as `09.30`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_TIME, "required": WRONG_TIME})
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H.%M"], **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _parse_or_keep(self, data)


def _check_year[Moment: (dt.date, dt.datetime)](moment: Moment | None, sentence: Any) -> Moment | None:
    if moment and moment.year not in YEARS:
        raise ValidationError(sentence, code="invalid")
    return moment


def _parse_or_keep(field: forms.Field, data: Any) -> Any:
    """Return typed data as a value that the browser's picker can show again, or unchanged if invalid."""
    try:
        return field.to_python(data)
    except ValidationError:
        return data
