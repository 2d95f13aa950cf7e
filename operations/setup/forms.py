"""Forms of the set-up, one for each page. They read what was entered; services store it."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext, gettext_lazy as _

from kit.forms import LocalDateField, optional_label
from office.lists import list_active_rooms
from office.models import ClosedDay, Division, Office, OpeningHours, Requirement, StandardPublication
from office.models.publication import ROWS, STAGES
from office.words import SUGGESTIONS, word
from office.worktime import WorkingTime
from operations.setup.services import list_components, list_requirement_rows, list_steps

WORDS = {f"word_{name}": suggested for name, suggested in SUGGESTIONS.items()}
"""Fields of the office's own words with suggestions. They are filled in already."""

ROW_LENGTH = 90
"""Letters of a row of a text area on a wide screen."""


IMAGE = _("Unggah lambang sebagai berkas PNG atau JPG. Berkas SVG, PDF, atau Word tidak dapat dipakai.")


class IdentityForm(forms.ModelForm):
    """Name, address and words of the office, as on its letterhead."""

    class Meta:
        model = Office
        fields = [
            *("government", "name", "unit_code", "address", "city", "zone", "phone", "email", "website"),
            *("coat_of_arms", "colour"),
            *WORDS,
        ]
        widgets = {
            "address": forms.Textarea({"rows": 3}),
            "coat_of_arms": forms.ClearableFileInput({"accept": "image/png,image/jpeg"}),
        }
        error_messages = {"coat_of_arms": {"invalid_image": IMAGE, "invalid_extension": IMAGE}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not field.required:
                field.label = optional_label(field.label or "")
            if not isinstance(field, forms.FileField):
                field.widget.attrs.setdefault("autocomplete", "off")
            if name == "government":
                field.help_text = gettext("Contoh: Pemerintah Kabupaten Contoh")
            if name in WORDS:
                field.widget.attrs["list"] = f"contoh-{name}"

    @property
    def own(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in WORDS]

    @property
    def words(self) -> list[tuple[Any, tuple[str, ...]]]:
        return [(self[name], suggested) for name, suggested in WORDS.items()]


class DivisionsForm(forms.Form):
    divisions = forms.CharField(
        label=word("division_name"),
        widget=forms.Textarea({"rows": 8}),
        help_text=_(
            "Satu unit kerja satu baris. Kode boleh ditulis sesudah titik koma; tanpa itu dibuat dari nama. "
            "Contoh: Rehabilitasi Sosial; REHSOS"
        ),
        error_messages={"required": _("Tulis sekurang-kurangnya satu unit kerja.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = Division.objects.filter(is_active=True)
        self.fields["divisions"].initial = "\n".join(f"{one.name}; {one.code}" for one in stored)

    def clean_divisions(self) -> dict[str, str]:
        """Return the names by code."""
        by_name = {one.name.casefold(): one.code for one in Division.objects.all()}
        names: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["divisions"].splitlines())):
            name, _sign, code = (part.strip() for part in line.partition(";"))
            name = _strip_kind(name)
            code = code.upper() or by_name.get(name.casefold()) or _abbreviate(name, names)
            if not name or len(name) > 120 or not re.fullmatch(r"[A-Z0-9./-]{1,20}", code):
                self._refuse(
                    line, gettext("nama paling banyak 120 huruf, kode paling banyak 20 huruf atau angka.")
                )
            if code in names or name.casefold() in (other.casefold() for other in names.values()):
                self._refuse(line, gettext("nama atau kode ini sudah ada."))
            names[code] = name
        taken = {code: name for name, code in by_name.items()}
        for code, name in names.items():
            owner = by_name.get(name.casefold(), code)
            if owner != code and owner not in names and owner in taken:
                self._refuse(name, gettext("nama ini sudah dipakai kode %(code)s.") % {"code": owner})
        return names

    def _refuse(self, line: str, why: str) -> None:
        raise ValidationError(gettext("Baris “%(line)s”: %(why)s"), params={"line": line[:60], "why": why})


def _strip_kind(name: str) -> str:
    """Return the name of a division without its kind, which titles add: `Bidang Sosial` is `Sosial`."""
    kind = re.escape(Office.load().word_division_name)
    return re.sub(rf"^{kind}\s+", "", name, flags=re.IGNORECASE)


def _abbreviate(name: str, taken: dict[str, str]) -> str:
    words = re.findall(r"[A-Z0-9]+", name.upper())
    code = (
        "".join(word[0] for word in words if word not in ("DAN", "ATAU")) if len(words) > 1 else name.upper()
    )
    code = re.sub(r"[^A-Z0-9]", "", code)[:16] or "UNIT"
    others = {*taken, *Division.objects.values_list("code", flat=True)}
    return next(one for one in (code, *(f"{code}{n}" for n in range(2, 1000))) if one not in others)


MORE_ROWS = 3
"""Empty rows below the stored ones. Saving the page offers as many again."""

STEP_TITLES = [("", _("Tidak dicatat Rembuk")), *STAGES.items()]


class StandardForm(forms.Form):
    """The published standard: its decree, requirements, steps, and 14 components, some of them decreed."""

    standard_number = forms.CharField(
        label=_("Nomor SK standar layanan"),
        max_length=80,
        error_messages={"required": _("Tulis nomor SK. Belum ada: tulis nomor rancangannya.")},
    )
    decree_on = LocalDateField(label=_("Tanggal SK (boleh kosong)"), required=False)
    service_minutes = forms.IntegerField(label=_("Waktu pelayanan (menit)"), min_value=1, max_value=480)
    is_free = forms.BooleanField(
        label=_("Layanan tanpa biaya"),
        required=False,
        help_text=_("Bila tidak, halaman dan naskah memuat komponen Biaya/Tarif."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = Office.load()
        self.components = list_components(office)
        self.fields["standard_number"].initial = office.standard_number
        self.fields["decree_on"].initial = StandardPublication.load().decree_on
        self.fields["service_minutes"].initial = office.service_minutes
        self.fields["is_free"].initial = office.is_free
        self.counts = {
            "requirement": self._add_rows("requirement", list_requirement_rows(self.components)),
            "step": self._add_rows("step", list_steps(self.components)),
        }
        for component in self.components:
            if component.number not in ROWS:
                self.fields[f"text_{component.number}"] = forms.CharField(
                    label=str(component),
                    initial=component.text,
                    widget=forms.Textarea({"rows": _count_rows(component.text)}),
                    error_messages={"required": _("Isi komponen ini. Satu butir satu baris.")},
                )
            self.fields[f"decreed_{component.number}"] = forms.BooleanField(
                label=_("Ditetapkan dalam SK"), required=False, initial=component.is_decreed
            )

    def _add_rows(self, kind: str, stored: Sequence[Model]) -> int:
        """Add the fields of the stored rows and of some empty ones. Return the number of rows."""
        count = len(stored) + MORE_ROWS
        while f"{kind}_text_{count + 1}" in self.data:  # typed on a page that offered more
            count += 1
        for number in range(1, count + 1):
            row = stored[number - 1] if number <= len(stored) else None
            for name, field in _make_row_fields(kind, number).items():
                field.initial = getattr(row, name) if row else field.initial
                if isinstance(field.widget, forms.Textarea):
                    field.widget.attrs["rows"] = max(2, _count_rows(field.initial or ""))
                self.fields[f"{kind}_{name}_{number}"] = field
        return count

    def _list_row_fields(self, kind: str) -> list[dict[str, Any]]:
        names = _make_row_fields(kind, 1)
        return [
            {name: self[f"{kind}_{name}_{number}"] for name in names}
            for number in range(1, self.counts[kind] + 1)
        ]

    @property
    def requirements(self) -> list[dict[str, Any]]:
        return self._list_row_fields("requirement")

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self._list_row_fields("step")

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [
            (self[f"text_{c.number}"] if c.number not in ROWS else c, self[f"decreed_{c.number}"])
            for c in self.components
        ]

    def clean(self) -> dict[str, Any]:
        """Add the rows that have a text as `steps` and `requirements`. An emptied row is removed."""
        entered = super().clean() or {}
        for kind in ("requirement", "step"):
            rows = [
                {name: entered.get(bound.name) for name, bound in row.items()}
                for row in self._list_row_fields(kind)
            ]
            entered[f"{kind}s"] = [row for row in rows if row["text"]]
            if not entered[f"{kind}s"]:
                self.add_error(f"{kind}_text_1", gettext("Tulis sekurang-kurangnya satu baris."))
        for number, row in enumerate(self._list_row_fields("step"), start=1):
            text, title, stage = (entered.get(row[name].name) for name in ("text", "title", "stage"))
            if text and not title and not stage:
                self.add_error(
                    f"step_title_{number}", gettext("Langkah tanpa tahap memerlukan judul singkat.")
                )
        return entered

    @property
    def entered_components(self) -> list[dict[str, Any]]:
        return [
            {
                "number": component.number,
                "part": component.part,
                "title": component.title,
                "text": self.cleaned_data.get(f"text_{component.number}", ""),
                "is_decreed": self.cleaned_data[f"decreed_{component.number}"],
            }
            for component in self.components
        ]


def _make_row_fields(kind: str, number: int) -> dict[str, forms.Field]:
    """Return the fields of a row by the name of their column."""
    text = gettext("Persyaratan" if kind == "requirement" else "Langkah")
    named = f"{text} {number}"
    if kind == "requirement":
        return {
            "text": forms.CharField(label=named, max_length=300, required=False),
            "asks": forms.ChoiceField(
                label=_("Diminta formulir"),
                choices=Requirement.Asks,
                initial=Requirement.Asks.NOTHING,
            ),
            "is_required": forms.BooleanField(
                label=_("Wajib pada formulir publik"), required=False, initial=True
            ),
        }
    return {
        "text": forms.CharField(label=named, required=False, widget=forms.Textarea({"rows": 2})),
        "title": forms.CharField(
            label=_("Judul singkat (kosong: judul tahapnya)"), max_length=120, required=False
        ),
        "stage": forms.TypedChoiceField(
            label=_("Tahap"), choices=STEP_TITLES, coerce=int, empty_value=None, required=False
        ),
    }


def _count_rows(text: str) -> int:
    return min(12, sum(1 + len(line) // ROW_LENGTH for line in text.split("\n")))


class ServiceForm(forms.ModelForm):
    """Rooms, who signs or initials papers, and where the numbers of letters come from."""

    rooms = forms.CharField(
        label=_("Ruang konsultasi"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Satu ruang satu baris."),
    )

    class Meta:
        model = Office
        fields = [
            *("has_secretary", "counts_letters", "counts_reports", "number_pattern", "shares_report"),
            *("ask_again_days", "transfer_days", "meeting_notice_days"),
            "menu_level",
        ]

    field_order = ["rooms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rooms"].initial = "\n".join(map(str, list_active_rooms()))

    def clean_rooms(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["rooms"].splitlines()]
        names = list(dict.fromkeys(filter(None, lines)))
        if long := next((name for name in names if len(name) > 120), ""):
            raise ValidationError(gettext("Baris “%(line)s” terlalu panjang."), params={"line": long[:60]})
        return names


class MailTestForm(forms.Form):
    recipient = forms.EmailField(label=_("Kirim surel uji ke"))


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Lembar pegawai (.xlsx atau .csv)"),
        error_messages={"required": _("Pilih berkasnya dahulu.")},
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
    )


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
