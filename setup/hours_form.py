"""The form of the opening hours and of the office's own closed days."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from office.models import ClosedDay, OpeningHours
from office.worktime import WorkingTime

WEEK = {
    day: ("07:30", "11:30" if day == 4 else "12:00", "13:00", "16:30" if day == 4 else "16:00")
    for day in range(5)
}
"""Usual hours of an office, Monday to Friday: opens, break, closes. Proposed until others are stored."""

TIMES = ("opens", "break_starts", "break_ends", "closes")


class HoursForm(forms.Form):
    """Opening hours of each weekday, and the office's own closed days."""

    closed_days = forms.CharField(
        label=_("Hari tutup kantor ini (boleh kosong)"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Satu hari satu baris: tanggal, lalu keterangan. Contoh: 31-12-2026 Tutup akhir tahun"),
    )

    def __init__(self, *args: Any, since: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = WorkingTime.load().hours
        for weekday, label in OpeningHours.Weekday.choices:
            row = stored.get(weekday)
            times = [getattr(row, name) for name in TIMES] if row else WEEK.get(weekday, [None] * 4)
            is_open = row is not None or (not stored and weekday in WEEK)
            self.fields[f"open_{weekday}"] = forms.BooleanField(label=label, required=False, initial=is_open)
            for name, time in zip(TIMES, times, strict=True):
                title = gettext("%(day)s: %(what)s") % {
                    "day": label,
                    "what": label_for_field(name, OpeningHours),
                }
                self.fields[f"{name}_{weekday}"] = forms.TimeField(
                    label=title,
                    required=False,
                    initial=time,
                    widget=forms.TimeInput({"type": "time", "class": "form-control"}, format="%H:%M"),
                )
        own = ClosedDay.objects.filter(day__gte=since, is_open=False).order_by("day")
        self.fields["closed_days"].initial = "\n".join(f"{row.day:%d-%m-%Y} {row.reason}" for row in own)

    @property
    def days(self) -> list[dict[str, Any]]:
        """The fields of each weekday, for the template."""
        return [
            {"open": self[f"open_{day}"], "times": [self[f"{name}_{day}"] for name in TIMES]}
            for day in OpeningHours.Weekday.values
        ]

    def clean_closed_days(self) -> dict[dt.date, str]:
        """Return the reasons by day."""
        days = {}
        for line in filter(None, map(str.strip, self.cleaned_data["closed_days"].splitlines())):
            match = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\s+(.{1,120})", line, re.ASCII)
            day = _read_day(*match.groups()[:3]) if match else None
            if match is None or day is None:
                raise ValidationError(
                    gettext("Baris “%(line)s”: tulis tanggal seperti 31-12-2026, lalu keterangannya."),
                    params={"line": line[:60]},
                )
            days[day] = match[4]
        return days

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        week = {}
        for day in OpeningHours.Weekday.values:
            if not entered.get(f"open_{day}"):
                continue
            times = {name: entered.get(f"{name}_{day}") for name in TIMES}
            self._check_day(day, times)
            week[day] = times
        if not week:
            self.add_error(None, gettext("Pilih sekurang-kurangnya satu hari layanan."))
        entered["week"] = week
        return entered

    def _check_day(self, day: int, times: dict[str, dt.time | None]) -> None:
        """Add an error to each time that is missing or out of order. A break may have no length."""
        before = None
        for name, time in times.items():
            field = f"{name}_{day}"
            if field in self.errors:
                continue
            if time is None:
                self.add_error(field, gettext("Isi jamnya, misalnya 12:00."))
            elif before and (time < before or (time == before and name != "break_ends")):
                self.add_error(
                    field, gettext("Urutkan jamnya: buka, istirahat mulai, istirahat selesai, tutup.")
                )
            before = time or before


def _read_day(day: str, month: str, year: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
