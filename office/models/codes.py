"""Classification codes of the archive (Permendagri 83/2022), and the pattern of document numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered
from kit.records import constraint
from kit.refusal import Refused

CODE = r"^[0-9]{1,3}(\.[0-9]{1,3}){0,5}\Z"
check_code = RegexValidator(CODE, _("Tulis kode klasifikasi berupa angka, contoh: 400.9."))

NUMBER_PATTERN = "{code}/{number}/{unit}/{year}"

PLACEHOLDER = re.compile(r"\{(code|number|type|unit|year)\}")
SEGMENT = re.compile(r"[A-Za-z .-]*")


def check_pattern(pattern: str) -> None:
    """Raise ValidationError if two documents could get the same number by this pattern.

    A slash separates the parts. A part has at most one placeholder and no digits, so that a number can be
    read in one way only. The running number and the year are required: the series starts again each year.
    """
    found = PLACEHOLDER.findall(pattern)
    parts = [PLACEHOLDER.subn("", part) for part in pattern.split("/")]
    is_readable = all(count <= 1 and SEGMENT.fullmatch(rest) for rest, count in parts)
    if not is_readable or len(set(found)) != len(found) or not {"number", "year"} <= set(found):
        raise ValidationError(
            _(
                "Pola ini dapat memberi dua naskah nomor yang sama. Pisahkan bagiannya dengan garis miring, "
                "dan pakai {number} dan {year} masing-masing satu kali. Contoh: {code}/{number}/{unit}/{year}"
            )
        )


class ClassificationCode(models.Model):
    """One code of the office's list (Klasifikasi Arsip). Dots separate the levels of the tree: 400.9.2."""

    not_recorded = True  # words to choose from; the audit log has their changes
    is_remembered = True

    code = models.CharField(_("kode"), max_length=20, unique=True, validators=[check_code])
    name = models.CharField(_("uraian"), max_length=200)

    class Meta:
        verbose_name = _("kode klasifikasi")
        verbose_name_plural = _("kode klasifikasi")
        ordering = ["code"]
        constraints = [constraint("code_has_a_name", ~Q(code="") & ~Q(name=""))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


EVERYDAY = {
    "lansia": "lanjut usia",
    "manula": "lanjut usia",
    "jompo": "lanjut usia",
    "banjir": "bencana alam",
    "longsor": "bencana alam",
    "gempa": "bencana alam",
    "rehsos": "rehabilitasi sosial",
    "jamsos": "jaminan sosial",
    "kesos": "kesejahteraan sosial",
    "linsos": "perlindungan sosial",
    "bumdes": "bum desa",
    "bumdesa": "bum desa",
    "pemdes": "pemerintahan desa",
}
"""Everyday words, and the official words that a search finds in their place."""


class Listed(NamedTuple):
    """A code of the list. `path` has the names from the top of the tree down to the code itself."""

    code: str
    name: str
    path: str
    has_deeper: bool

    @property
    def depth(self) -> int:
        return self.code.count(".")

    @property
    def title(self) -> str:
        """The code with the names of its path, as a field shows it."""
        return f"{self.code} {self.path}"

    def contains(self, words: Sequence[str]) -> bool:
        """Return whether the title contains each lower-case word, or its official word (EVERYDAY)."""
        title = self.title.casefold()
        return all(word in title or EVERYDAY.get(word, word) in title for word in words)


@remembered
def list_codes() -> Mapping[str, Listed]:
    """Return the office's codes in the order of the tree: 400.9.2 comes before 400.9.10."""
    names = dict(ClassificationCode.objects.values_list("code", "name"))
    parents = {code.rpartition(".")[0] for code in names}
    listed = {}
    for code in sorted(names, key=lambda code: [int(part) for part in code.split(".")]):
        parts = code.split(".")
        above = (names.get(".".join(parts[:depth])) for depth in range(1, len(parts) + 1))
        listed[code] = Listed(code, names[code], " › ".join(filter(None, above)), code in parents)
    return listed


MAX_SHOWN = 50
MIN_LETTERS = 4
"""Letters of a word that may find codes alone. Shorter words, like "dan", are in too many titles."""


def find_codes(text: str) -> list[Listed]:
    """Return the codes that begin with a text, or whose titles contain its words.

    If no title contains all words, return those with any word of at least MIN_LETTERS letters.
    """
    return _find(text, list_codes().values())


def find_choices(text: str) -> list[Listed]:
    """Like `find_codes()`, but return only codes that a case may have: those without deeper codes."""
    return _find(text, (row for row in list_codes().values() if not row.has_deeper))


def _find(text: str, among: Iterable[Listed]) -> list[Listed]:
    words, rows = text.casefold().split(), list(among)
    fitting = [row for row in rows if row.code.startswith(text.strip()) or row.contains(words)]
    long = [word for word in words if len(word) >= MIN_LETTERS]
    return fitting or [row for row in rows if any(row.contains([word]) for word in long)]


def check_full_code(code: str, *, is_complete: bool) -> None:
    """Raise Refused if the list has deeper codes than this one, or if a complete list lacks the code."""
    listed = list_codes()
    if is_complete and code not in listed:
        raise Refused(_("Kode ini tidak ada dalam daftar kode kantor."), field="classification")
    if (row := listed.get(code)) and row.has_deeper:
        deeper = [f"{other} {listed[other].name}" for other in listed if other.startswith(f"{code}.")][:3]
        sentence = _("Kode %(code)s masih umum. Pilih yang lebih rinci, misalnya %(deeper)s.")
        raise Refused(sentence % {"code": code, "deeper": "; ".join(deeper)}, field="classification")
