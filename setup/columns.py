"""The columns of the sheet of people: names, other spellings, examples."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.models import Role


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
    Column("division", "Bidang", _("Bidang"), ("nama bidang", "seksi"), 30),
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
