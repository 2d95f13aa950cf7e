"""A register (buku, register): a table with its rows of a period, for page, PDF and files alike."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Confidentiality
from consultations.models import Case
from consultations.parties import complaints_about
from documents.contexts import Source
from documents.models import Register
from documents.numbers import find_holder
from kit.clock import midnight
from kit.table import Column, Place, Table
from office.models import Appointment, Office, User
from office.words import with_words_lazy

MAX_ROWS = 1_000
"""Rows of one printed register: about 70 pages, seven seconds of work and 400 MB."""

MAX_TEXT_BYTES, MAX_TAGS = 1_500_000, 40_000
"""Limits that MAX_ROWS rows with the longest texts stay below."""

CONFIDENTIAL = "Dirahasiakan"
"""Printed in place of the applicant if the case is confidential."""

APPLICANT = ("applicant_name", "organisation", "confidentiality")
"""Columns of the case that `name_of()` and `person_of()` read."""

AGENDA, CODE = _("Nomor agenda"), _("Kode lacak")
ORGANISATION = with_words_lazy(_("Lembaga atau %(village)s"))
"""Headings of columns that many lists have."""

INITIALS = Column(_("Paraf penerima"), lambda row: " ", 14, Place.PRINT)
"""An empty column to be signed by hand."""


def _is_masked(case: Case) -> bool:
    return case.confidentiality in {Confidentiality.CONFIDENTIAL, Confidentiality.STRICT}


def name_of(case: Case) -> str:
    """Return the applicant's name. A hidden complainant's is not in the case."""
    return CONFIDENTIAL if _is_masked(case) else case.applicant_name


def organisation_of(case: Case) -> str:
    return "" if _is_masked(case) else case.organisation


def person_of(case: Case) -> str:
    """Return the applicant's name and organisation: `Siti Contoh, Desa Contoh`."""
    return ", ".join(filter(None, (name_of(case), organisation_of(case))))


def number_of(case: Case) -> str:
    """Return the agenda number: `49/2026`."""
    return str(case.agenda or "")


def to_day(moment: dt.datetime | None) -> dt.date | None:
    """Return the day (office's zone) of a moment."""
    return timezone.localdate(moment) if moment else None


def register_source(register: Register) -> Source:
    """Return the register as the source of its document."""
    return Source(register, register.by, register.title, register.at)


@dataclass(frozen=True, kw_only=True)
class Book(Table):
    """One register of the office.

    `get_rows` returns its rows of any time, ready to be shown. `moment` names their field (aware), or an
    expression of `alias`, that decides about the period. `cases` and `division` are the lookups from a row to
    its case. `get_lines` turns some rows into the objects that the columns read, with the same number of
    queries for any number of rows.
    `summarise` returns more template context for the paper.
    """

    kind: Register.Kind
    row_name: Promise
    model: type[Model]
    moment: str
    order: tuple[str, ...]
    get_rows: Callable[[Register], QuerySet[Any]]
    alias: Mapping[str, Any] = field(default_factory=dict)
    cases: tuple[str, ...] = ("case",)
    division: str = "case__division"
    get_lines: Callable[[Sequence[Any], Register], Sequence[Any]] = lambda rows, register: rows
    summarise: Callable[[Sequence[Any], Register], dict[str, Any]] = lambda lines, register: {}
    get_url: Callable[[Any], str] = lambda line: reverse("case", args=[line.case.code])
    page: str = ""
    """URL name of the page that shows its rows, if that is not the page that prints it."""
    is_of_divisions: bool = False
    """Whether a Kepala Bidang may print that of the own division."""
    is_numbered: bool = False
    """Whether no number may be missing. Then rows about the printer stay and are marked `is_withheld`."""

    def list_rows(self, register: Register) -> QuerySet[Any]:
        """Return the rows of the period up to the time of printing, without complaints about the printer."""
        rows = self.of_period(self.get_rows(register), register)
        if self.is_numbered:
            rows = rows.annotate(is_withheld=self.is_about(register.by))
        else:
            rows = rows.exclude(self.is_about(register.by))
        return rows.order_by(*self.order)

    def has_rows_about(self, reader: User, register: Register) -> bool:
        """Return whether the period has a complaint that is, or may be, about the reader."""
        return self.of_period(self.get_rows(register), register).filter(self.is_about(reader)).exists()

    def of_period(self, rows: QuerySet[Any], register: Register) -> QuerySet[Any]:
        begins, ends = midnight(register.since), midnight(register.until + dt.timedelta(days=1))
        bounds = {"gte": begins, "lt": ends, "lte": register.at}
        rows = rows.alias(**self.alias).filter(
            **{f"{self.moment}__{lookup}": moment for lookup, moment in bounds.items()}
        )
        if register.division_id:
            rows = rows.filter(**{self.division: register.division_id})
        return rows

    def is_about(self, reader: User) -> Q:
        """Match rows of complaints that are, or may be, about the reader."""
        withheld, found = Case.objects.filter(complaints_about(reader)).values("pk"), Q(pk__in=[])
        for case in self.cases:
            found |= Q(**{f"{case}__in": withheld})
        return found


BOOKS: dict[str, Book] = {}
"""The registers by kind, in the order of the menu. `documents.types.add_books()` fills it."""


def book_context(register: Register, row: Register) -> dict[str, Any]:
    """Return the lines of a register, as objects and as a table, and who signs it besides the printer."""
    book = BOOKS[register.kind]
    lines = book.get_lines(list(book.list_rows(register)[:MAX_ROWS]), register)
    return {
        "register": register,
        "book": book,
        "empty": f"Nihil: tidak ada {book.row_name} pada waktu ini.",
        "lines": lines,
        "table": book.show(lines, Place.PRINT),
        "known_by": find_signer(register),
        **book.summarise(lines, register),
    }


def find_signer(register: Register) -> Appointment | None:
    """Return who holds the position that signs registers (`Office.register_signer`) on the day of printing.

    Return None if the office named no position, if nobody holds it, or if the holder is the printer. Also
    return None if a complaint in the register is, or may be, about the holder, who would read it.
    """
    position = Office.load().register_signer_id
    signer = find_holder(timezone.localdate(register.at), lambda held: held.pk == position)
    if signer is None or signer.user_id == register.by_id:
        return None
    return None if BOOKS[register.kind].has_rows_about(signer.user, register) else signer
