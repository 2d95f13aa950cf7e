"""The columns of the sheet of people: names, other spellings, examples."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.models import Office, Role
from office.words import word


@dataclass(frozen=True)
class Column:
    """A column. `title` is on record in the template, so it is Indonesian; `label` is shown on pages."""

    key: str
    title: str
    label: Promise
    others: tuple[str, ...] = ()
    width: int = 20


COLUMNS = (
    Column("name", "Nama", _("Nama"), ("nama lengkap", "nama lengkap dengan gelar", "pegawai"), 32),
    Column("nip", "NIP", _("NIP"), (), 22),
    Column("rank", "Pangkat/golongan", _("Pangkat"), ("pangkat", "golongan", "pangkat golongan"), 24),
    Column("email", "Surel", _("Surel"), ("email", "alamat surel", "alamat email"), 28),
    Column("title", "Jabatan", _("Jabatan"), ("nama jabatan",), 36),
    Column("role", "Peran", _("Peran"), ("peran dalam layanan",), 18),
    Column("division", "Bidang", word("division_name"), ("nama bidang", "seksi"), 30),
    Column("acting", "Sebagai", _("Sebagai"), ("plt/plh", "plt plh", "status"), 12),
    Column("starts", "Mulai", _("Mulai"), ("dari", "tmt", "mulai tanggal"), 14),
    Column("ends", "Sampai", _("Sampai"), ("sampai tanggal", "selesai"), 14),
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = ("name", "role")
"""Columns that a sheet must have."""

BY_SPELLING = {
    spelling: column.key for column in COLUMNS for spelling in (column.title.casefold(), *column.others)
}
"""Keys of the columns by their spelling, beside the office's own titles (`get_titles`)."""

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


def normalise(text: str) -> str:
    """Return a text for comparison: no case, no punctuation at the ends, one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", text).strip(" .:*")


def find_role(text: str) -> Role | None:
    """Return the role that a cell names, or None."""
    known = ROLES | {normalise(str(label)): Role(value) for value, label in Role.choices}
    return known.get(normalise(text)) or (Role(text) if text in Role.values else None)


def get_titles() -> dict[str, str]:
    """Return the titles of the template by key. That of the division is the office's own word."""
    return {column.key: column.title for column in COLUMNS} | {"division": Office.load().word_division_name}


def find_column(text: str) -> str:
    """Return the key of the column with this title; an empty text if there is none."""
    own = {normalise(title): key for key, title in get_titles().items()}
    return (BY_SPELLING | own).get(normalise(text), "")


def strip_kind(name: str) -> str:
    """Return the name of a division without its kind, which titles add: `Bidang Sosial` is `Sosial`."""
    kind = re.escape(Office.load().word_division_name)
    return re.sub(rf"^{kind}\s+", "", name, flags=re.IGNORECASE)
