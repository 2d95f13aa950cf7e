"""Checks the rows of a sheet of people: an error or a warning for each cell, before anything is stored."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from office import clock
from office.models import Appointment, Division, Office, Role, User
from setup.columns import KEYS, find_role, normalise
from setup.spreadsheet import MAX_CELL, Row

NEEDS_DIVISION = (Role.DIVISION_HEAD, Role.OFFICER)
ACTING = {normalise(value): value for value in Appointment.Acting.values}
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")


@dataclass
class StaffRow:
    """A row with what was found in its cells. `number` counts from 1, as the preview shows it."""

    number: int
    cells: Row
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    user: User | None = None
    role: Role | None = None
    division: Division | None = None
    acting: str = ""
    starts: dt.date | None = None
    ends: dt.date | None = None

    @property
    def kind(self) -> str:
        """`bad` if it must be mended, `warn` if it is to be noted, else `good`."""
        return "bad" if self.errors else "warn" if self.warnings else "good"

    @property
    def title(self) -> str:
        """Title of the position; without one, the role with its division."""
        if self.cells.get("title"):
            return self.cells["title"]
        role = str(self.role.label) if self.role else ""
        return f"{role} {self.division}" if self.division else role


def check_rows(rows: Sequence[Row]) -> list[StaffRow]:
    """Return the rows with their errors and warnings. It takes a fixed number of queries."""
    divisions = list(Division.objects.filter(is_active=True))
    users = list(User.objects.all())
    by_nip = {user.nip: user for user in users if user.nip}
    by_email = {user.email.casefold(): user for user in users if user.email}
    holdings = {
        (held.user_id, held.position.role, held.position.division_id, held.acting)
        for held in Appointment.objects.current().select_related("position")
    }
    checked = [_check_row(number, row, divisions) for number, row in enumerate(rows, start=1)]
    _check_twice(checked, "nip")
    _check_twice(checked, "email")
    for row in checked:
        _match(row, by_nip, by_email)
        if row.user and not row.errors and row.role:
            key = (row.user.pk, row.role.value, row.division.pk if row.division else None, row.acting)
            known = _("Sudah terdaftar dengan jabatan ini; tidak ada yang ditambah.")
            row.warnings["name"] = (
                known if key in holdings else _("Sudah terdaftar; jabatan ini ditambahkan.")
            )
            if normalise(row.user.name) != normalise(row.cells["name"]):
                renamed = _("Sudah terdaftar sebagai %(name)s; namanya diganti.")
                row.warnings["name"] = renamed % {"name": row.user.name}
    return checked


def _check_row(number: int, cells: Row, divisions: Sequence[Division]) -> StaffRow:
    row = StaffRow(number, {key: cells.get(key, "") for key in KEYS})
    for key, text in row.cells.items():
        if len(text) > MAX_CELL:
            row.errors[key] = _("Terlalu panjang. Ringkas menjadi paling banyak 250 huruf.")
        elif text[:1] in ("=", "@"):
            row.errors[key] = _("Sel ini berisi rumus. Tulis isinya saja.")
    _check_person(row)
    _check_position(row, divisions)
    _check_days(row)
    return row


def _check_person(row: StaffRow) -> None:
    cells = row.cells
    limits = {
        key: getattr(User._meta.get_field(key), "max_length", None) for key in ("name", "rank", "email")
    }
    if not cells["name"]:
        row.errors.setdefault("name", _("Nama kosong."))
    for key, limit in limits.items():
        if limit and len(cells[key]) > limit:
            row.errors.setdefault(key, _("Paling banyak %(n)s huruf.") % {"n": limit})
    cells["nip"] = re.sub(r"[\s'.-]", "", cells["nip"]) if "nip" not in row.errors else cells["nip"]
    if cells["nip"] and not re.fullmatch(r"\d{18}", cells["nip"], re.ASCII):
        row.errors.setdefault(
            "nip", _("NIP terdiri dari 18 angka. Atur kolomnya sebagai teks di lembar kerja.")
        )
    if cells["email"]:
        try:
            validate_email(cells["email"])
        except ValidationError:
            row.errors.setdefault("email", _("Alamat surel ini tidak sah."))
    if not cells["nip"] and not cells["email"]:
        row.errors.setdefault(
            "email", _("Isi NIP atau surel, supaya orang ini dikenali bila lembar diimpor lagi.")
        )


def _check_position(row: StaffRow, divisions: Sequence[Division]) -> None:
    cells = row.cells
    row.role = find_role(cells["role"])
    if not cells["role"]:
        row.errors.setdefault("role", _("Peran kosong."))
    elif row.role is None:
        row.errors.setdefault("role", _("Peran “%(role)s” tidak dikenal.") % {"role": cells["role"]})
    row.division = _find_division(cells["division"], divisions)
    if row.role in NEEDS_DIVISION:
        if not cells["division"]:
            row.errors.setdefault("division", _("Unit kerja kosong."))
        elif row.division is None:
            row.errors.setdefault(
                "division", _("Unit kerja “%(name)s” tidak dikenal.") % {"name": cells["division"]}
            )
    else:
        row.division = None  # the others belong to the whole office
    row.acting = ACTING.get(normalise(cells["acting"]), "")
    if cells["acting"] and not row.acting and normalise(cells["acting"]) not in ("definitif", "-"):
        row.errors.setdefault("acting", _("Tulis Plt., Plh., atau Pj.; kosong untuk pejabat definitif."))
    if len(cells["title"]) > 200:
        row.errors.setdefault("title", _("Paling banyak %(n)s huruf.") % {"n": 200})


def _find_division(text: str, divisions: Sequence[Division]) -> Division | None:
    """Return the division with this name or code. Its kind may stand before the name: `Bidang Sosial`."""
    return next((one for one in divisions if normalise(text) in _list_spellings(one)), None)


def _list_spellings(division: Division) -> list[str]:
    kind = Office.load().word_division_name
    return [normalise(text) for text in (division.name, division.code, f"{kind} {division.name}")]


def _check_days(row: StaffRow) -> None:
    for key in ("starts", "ends"):
        text = row.cells[key]
        day = _read_day(text)
        if text and day is None:
            row.errors.setdefault(key, _("Tulis tanggal seperti 31-01-2026."))
        setattr(row, key, day)
    row.starts = row.starts or (None if row.cells["starts"] else clock.today())
    if row.starts and row.ends and row.ends < row.starts:
        row.errors.setdefault("ends", _("Tanggal sampai tidak boleh sebelum tanggal mulai."))
    if row.acting and not row.ends and "ends" not in row.errors:
        row.warnings["ends"] = _("Tanpa batas waktu. Plt. dan Plh. biasanya memilikinya.")


def _read_day(text: str) -> dt.date | None:
    for pattern in DATES:
        try:
            day = dt.datetime.strptime(text.partition(" 00:00")[0], pattern).date()
        except ValueError:
            continue
        return day if 1950 <= day.year <= 2100 else None
    return None


def _check_twice(rows: Sequence[StaffRow], key: str) -> None:
    """Refuse a NIP or address that rows of different people share. One person may have several positions."""
    names: dict[str, StaffRow] = {}
    for row in rows:
        value = row.cells[key].casefold()
        if not value or key in row.errors:
            continue
        first = names.setdefault(value, row)
        if normalise(first.cells["name"]) != normalise(row.cells["name"]):
            row.errors[key] = _("Sudah dipakai %(name)s (baris %(n)s).") % {
                "name": first.cells["name"],
                "n": first.number,
            }


def _match(row: StaffRow, by_nip: dict[str, User], by_email: dict[str, User]) -> None:
    """Find the account of a row by NIP, else by address."""
    nip, email = row.cells["nip"], row.cells["email"].casefold()
    of_email = by_email.get(email)
    row.user = by_nip.get(nip) or of_email
    if row.user and of_email and of_email != row.user:
        row.errors.setdefault("email", _("Sudah dipakai akun %(name)s.") % {"name": of_email})
    elif row.user and nip and row.user.nip and row.user.nip != nip:
        row.errors.setdefault("email", _("Sudah dipakai akun %(name)s.") % {"name": row.user})
    elif row.user and not row.user.is_active:
        row.errors.setdefault("name", _("Akun orang ini tertutup. Buka dahulu lewat Perubahan akses."))


def count_kinds(rows: Sequence[StaffRow]) -> Counter[str]:
    """Return how many rows there are of each kind."""
    return Counter(row.kind for row in rows)
