"""The rows of a sheet of people: a form for each, with an error or a warning for each cell."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from kit import clock
from office.access.changes import APART
from office.lists import list_active_divisions
from office.models import Appointment, Division, Office, Position, Role, User
from office.models.people import ORDER_MISSING
from office.words import word
from operations.setup.staff_sheet import COLUMNS, KEYS, LINE, MAX_CELL, Row, normalise

NEEDS_DIVISION = (Role.DIVISION_HEAD, Role.OFFICER)
ACTING = {normalise(value): value for value in Appointment.Acting.values} | dict.fromkeys(
    ("", "definitif", "-"), ""
)
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
ROLES = {
    "sekretariat": Role.SECRETARIAT,
    "loket": Role.SECRETARIAT,
    "tim pkd": Role.TIM_PKD,
    "sekretaris": Role.SECRETARY,
    "kepala dinas": Role.HEAD,
    "kepala": Role.HEAD,
    "kadis": Role.HEAD,
    "kepala badan": Role.HEAD,
    "camat": Role.HEAD,
    "kepala bidang": Role.DIVISION_HEAD,
    "kabid": Role.DIVISION_HEAD,
    "kepala seksi": Role.DIVISION_HEAD,
    "petugas": Role.OFFICER,
    "pengawas": Role.SUPERVISOR,
}
"""Roles by their spelling in a sheet. The role's own value is accepted too."""
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Nama"), ("name", "nip", "rank")),
    (gettext_lazy("Jabatan"), ("role", "title", "acting", "order_number", "order_date", "starts", "ends")),
    (word("division_name"), ("division",)),
    (gettext_lazy("Surel"), ("email",)),
)
"""Columns of the preview: all of them would not fit on a page."""


def find_role(text: str) -> Role | None:
    known = ROLES | {normalise(str(label)): Role(value) for value, label in Role.choices}
    return known.get(normalise(text)) or (Role(text) if text in Role.values else None)


class Cell(forms.Field):
    """A cell of the sheet. A formula or a long text is refused."""

    limit = MAX_CELL

    def clean(self, value: str) -> Any:
        if len(value) > MAX_CELL:
            raise ValidationError(_("Terlalu panjang. Ringkas menjadi paling banyak 250 huruf."))
        if value[:1] in ("=", "@"):
            raise ValidationError(_("Sel ini berisi rumus. Tulis isinya saja."))
        if len(value) > self.limit:
            raise ValidationError(_("Paling banyak %(n)s huruf.") % {"n": self.limit})
        return super().clean(value)


class TextCell(Cell, forms.CharField):
    def __init__(self, column: Any = None, *, missing: Any = "", invalid: Any = "", **more: Any) -> None:
        errors = {"required": missing, "invalid": invalid}
        super().__init__(required=bool(missing), error_messages=errors, **more)
        self.limit = column.field.max_length if column else MAX_CELL


class DayCell(Cell, forms.DateField):
    """A day. A workbook may add midnight to it."""

    def __init__(self) -> None:
        errors = {"invalid": gettext_lazy("Tulis tanggal seperti 31-01-2026.")}
        super().__init__(required=False, input_formats=DATES, error_messages=errors)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value.partition(" 00:00")[0])
        if day and not 1950 <= day.year <= 2100:
            raise ValidationError(self.error_messages["invalid"])
        return day


class StaffRow(forms.Form):
    """A row of the sheet. `number` counts from 1, `line` is the number that a spreadsheet shows.

    `cells` are the texts, `cleaned_data` what they mean, `user` the account of the person if there is one.
    """

    use_required_attribute = False

    name = TextCell(User.name, missing=gettext_lazy("Nama kosong."))
    nip = TextCell(
        validators=[
            RegexValidator(
                r"\A(?!.*000\Z)[0-9]{18}\Z",  # zeros: a spreadsheet has rounded a number
                gettext_lazy("NIP terdiri dari 18 angka. Atur kolomnya sebagai teks di lembar kerja."),
                "nip",
            )
        ]
    )
    rank = TextCell(User.rank)
    email = TextCell(
        User.email, validators=[validate_email], invalid=gettext_lazy("Alamat surel ini tidak sah.")
    )
    title = TextCell(Position.title)
    role = TextCell(missing=gettext_lazy("Peran kosong."))
    division = TextCell()
    acting = TextCell()
    order_number = TextCell(Appointment.order_number)
    order_date = DayCell()
    starts = DayCell()
    ends = DayCell()

    def __init__(self, number: int, cells: Row, divisions: Mapping[str, Division]) -> None:
        self.number = number
        self.cells = {key: cells.get(key, "") for key in KEYS}
        self.line = cells.get(LINE, str(number))
        self.cells["nip"] = re.sub(r"[\s'.-]", "", self.cells["nip"])
        self.divisions = divisions
        self.warnings: dict[str, str] = {}
        self.user: User | None = None
        prefix = f"cell-{number}"
        super().__init__(
            {f"{prefix}-{key}": text for key, text in self.cells.items()}, prefix=prefix, auto_id="%s"
        )

    def clean_role(self) -> Role:
        text = self.cleaned_data["role"]
        role = find_role(text)
        if role is None:
            raise ValidationError(_("Peran “%(role)s” tidak dikenal.") % {"role": text})
        return role

    def clean_division(self) -> Division | None:
        """Return the division of a Kepala Bidang or Petugas. The others belong to the whole office."""
        text = self.cleaned_data["division"]
        if self.cleaned_data.get("role") not in NEEDS_DIVISION:
            return None
        if not text:
            raise ValidationError(_("Unit kerja kosong."))
        if normalise(text) not in self.divisions:
            raise ValidationError(_("Unit kerja “%(name)s” tidak dikenal.") % {"name": text})
        return self.divisions[normalise(text)]

    def clean_acting(self) -> str:
        text = normalise(self.cleaned_data["acting"])
        if text not in ACTING:
            raise ValidationError(_("Tulis Plt., Plh., atau Pj.; kosong untuk pejabat definitif."))
        return ACTING[text]

    def clean(self) -> None:
        data = self.cleaned_data
        if not self.cells["nip"] and not self.cells["email"]:
            self.refuse("email", _("Isi NIP atau surel, supaya orang ini dikenali bila lembar diimpor lagi."))
        if not self.cells["starts"]:
            data["starts"] = clock.today()
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.refuse("ends", _("Tanggal sampai tidak boleh sebelum tanggal mulai."))
        if not data.get("acting"):
            data |= {"order_number": "", "order_date": None}
        elif not (data.get("order_number") and data.get("order_date")):
            self.refuse("order_number", str(ORDER_MISSING))
        if data.get("acting") and not ends and "ends" not in self.errors:
            self.warnings["ends"] = _("Tanpa batas waktu. Plt. dan Plh. biasanya memilikinya.")

    def refuse(self, key: str, sentence: str) -> None:
        """Add an error to a cell that has none."""
        if key not in self.errors:
            self.add_error(key, sentence)

    @property
    def kind(self) -> str:
        """`bad` if it must be mended, `warn` if it is to be noted, else `good`."""
        return "bad" if self.errors else "warn" if self.warnings else "good"

    @property
    def position(self) -> dict[str, Any]:
        """Title, role and division of the position. Without a title, it is the role with its division."""
        role, division = self.cleaned_data["role"], self.cleaned_data["division"]
        usual = f"{role.label} {division}" if division else str(role.label)
        return {"title": self.cleaned_data["title"] or usual, "role": role, "division": division}

    @property
    def groups(self) -> list[list[tuple[Promise, BoundField, str]]]:
        """The cells of each group that are filled or wrong, with their labels and warnings."""
        labels = {column.key: column.label for column in COLUMNS}
        for key in self.errors:
            self.fields[key].widget = _get_widget(key, self.cells[key])
        return [
            [
                (labels[key], self[key], self.warnings.get(key, ""))
                for key in keys
                if self.cells[key] or key in self.errors or key in self.warnings
            ]
            for _title, keys in GROUPS
        ]


def _get_widget(key: str, text: str) -> forms.Widget:
    """Return the field for a wrong cell. Its text stays an option, so that mending another cell keeps it."""
    known: dict[str, list[tuple[str, Any]]] = {
        "role": [(str(label), label) for label in Role.labels],
        "division": [(one.name, one.name) for one in list_active_divisions()],
        "acting": [("", _("Pejabat definitif")), *Appointment.Acting.choices],
    }
    choices = known.get(key)
    if not choices:
        return forms.TextInput({"class": "form-control is-invalid"})
    if text not in dict(choices):
        choices.insert(0, (text, text or _("Pilih")))
    return forms.Select({"class": "form-select"}, choices)


def check_rows(rows: Sequence[Row]) -> list[StaffRow]:
    """Return the rows with their errors and warnings. It takes a fixed number of queries."""
    divisions = {
        normalise(text): division
        for division in Division.objects.filter(is_active=True).reverse()
        for text in (division.name, division.code, f"{Office.load().word_division_name} {division.name}")
    }
    users = list(User.objects.all())
    by_nip = {user.nip: user for user in users if user.nip}
    by_email = {user.email.casefold(): user for user in users if user.email}
    holdings = {
        (held.user_id, held.position.role, held.position.division_id, held.acting)
        for held in Appointment.objects.current().select_related("position")
    }
    checked = [StaffRow(number, row, divisions) for number, row in enumerate(rows, start=1)]
    _check_twice(checked, "nip")
    _check_twice(checked, "email")
    for row in checked:
        _match(row, by_nip, by_email)
        if row.user and not row.errors:
            data = row.cleaned_data
            if row.user.is_staff and data["role"] == Role.SUPERVISOR:
                row.refuse("role", str(APART))
                continue
            division = data["division"].pk if data["division"] else None
            is_held = (row.user.pk, data["role"], division, data["acting"]) in holdings
            known = _("Sudah terdaftar dengan jabatan ini; tidak ada yang ditambah.")
            row.warnings["name"] = known if is_held else _("Sudah terdaftar; jabatan ini ditambahkan.")
            if normalise(row.user.name) != normalise(data["name"]):
                renamed = _("Sudah terdaftar sebagai %(name)s; namanya diganti.")
                row.warnings["name"] = renamed % {"name": row.user.name}
    return checked


def _check_twice(rows: Sequence[StaffRow], key: str) -> None:
    """Refuse a NIP or address that rows of different people share. One person may have several positions."""
    names: dict[str, StaffRow] = {}
    for row in rows:
        value = row.cells[key].casefold()
        if not value or key in row.errors:
            continue
        first = names.setdefault(value, row)
        if normalise(first.cells["name"]) != normalise(row.cells["name"]):
            facts = {"name": first.cells["name"], "n": first.line}
            row.refuse(key, _("Sudah dipakai %(name)s (baris %(n)s).") % facts)


def _match(row: StaffRow, by_nip: Mapping[str, User], by_email: Mapping[str, User]) -> None:
    nip = row.cells["nip"]
    of_email = by_email.get(row.cells["email"].casefold())
    row.user = by_nip.get(nip) or of_email
    if row.user and of_email and of_email != row.user:
        row.refuse("email", _("Sudah dipakai akun %(name)s.") % {"name": of_email})
    elif row.user and nip and row.user.nip and row.user.nip != nip:
        row.refuse("email", _("Sudah dipakai akun %(name)s.") % {"name": row.user})
    elif row.user and not row.user.is_active:
        row.refuse("name", _("Akun orang ini tertutup. Buka dahulu lewat Perubahan akses."))
