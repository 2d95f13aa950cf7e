"""A register (buku, register): its columns and its rows for a period, for page, PDF and spreadsheet alike."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Flag, auto
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.parties import complaints_about
from office.clock import midnight
from office.models import User
from reports.models import Register
from reports.spreadsheet import Column, Value

MAX_ROWS = 1_000
"""Rows of one printed register: about 70 pages, seven seconds of work and 400 MB."""

MAX_TEXT_BYTES, MAX_TAGS = 1_500_000, 40_000
"""Limits that MAX_ROWS rows with the longest texts stay below."""

NUMBER_SHARE = 3
"""Percentage of the width of the line numbers on paper."""

SHORT = 12
"""Characters of a date or an agenda number on the page."""

MAX_CELL = 200
"""Characters of a cell on paper and on the page. Files have the whole text."""


class Place(Flag):
    """Places that show a column."""

    PAPER = auto()
    PAGE = auto()
    FILE = auto()
    READ = PAPER | PAGE
    ALL = PAPER | PAGE | FILE


@dataclass(frozen=True)
class BookColumn(Column):
    """A column of a register. Its width is relative on paper."""

    shown_on: Place = Place.ALL


INITIALS = BookColumn(_("Paraf penerima"), lambda row: " ", 14, Place.PAPER)
"""An empty column to be signed by hand."""


class Cell(NamedTuple):
    """One cell as people read it."""

    heading: str | Promise
    text: str
    is_number: bool

    @property
    def is_short(self) -> bool:
        """Whether the page shows the text on one line."""
        return len(self.text) <= SHORT


def _all(rows: Sequence[Any], register: Register) -> Sequence[Any]:
    return rows


def _nothing(lines: Sequence[Any], register: Register) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Book:
    """One register of the office.

    `get_rows` returns its rows of any time, ready to be shown. `moment` names their field (aware) that
    decides about the period, `cases` and `division` the lookups from a row to its case. `get_lines` turns
    some rows into the objects that the columns read, with the same number of queries for any number of rows.
    `summarise` returns more template context for the paper. `get_page` returns the URL of a line, or "".
    """

    kind: Register.Kind
    heading: str
    row_name: Promise
    model: type[Model]
    moment: str
    order: tuple[str, ...]
    columns: tuple[BookColumn, ...]
    get_rows: Callable[[Register], QuerySet[Any]]
    cases: tuple[str, ...] = ("case",)
    division: str = "case__division"
    get_lines: Callable[[Sequence[Any], Register], Sequence[Any]] = _all
    summarise: Callable[[Sequence[Any], Register], dict[str, Any]] = _nothing
    get_page: Callable[[Any], str] = lambda line: reverse("case", args=[line.case.code])
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
        rows = rows.filter(**{f"{self.moment}__{lookup}": moment for lookup, moment in bounds.items()})
        if register.division_id:
            rows = rows.filter(**{self.division: register.division_id})
        return rows

    def is_about(self, reader: User) -> Q:
        """Match rows of complaints that are, or may be, about the reader."""
        withheld, found = Case.objects.filter(complaints_about(reader)).values("pk"), Q(pk__in=[])
        for case in self.cases:
            found |= Q(**{f"{case}__in": withheld})
        return found

    def columns_on(self, place: Place) -> list[BookColumn]:
        """Return the columns that are shown in one place."""
        return [column for column in self.columns if place in column.shown_on]

    def cells(self, line: Any, place: Place) -> list[Cell]:
        """Return the cells of a line for paper or page."""
        values = ((column, column.value(line)) for column in self.columns_on(place))
        return [
            Cell(column.heading, to_text(value, place), isinstance(value, int | float))
            for column, value in values
        ]

    def shares(self) -> list[tuple[str | Promise, str]]:
        """Return heading and percentage of the width for each column on paper, beside the line numbers."""
        columns = self.columns_on(Place.PAPER)
        whole = sum(column.width for column in columns)
        return [(column.heading, f"{(100 - NUMBER_SHARE) * column.width / whole:.2f}") for column in columns]


def to_text(value: Value, place: Place) -> str:
    """Return a value as people read it: on one line of at most MAX_CELL characters, or a dash.

    Paper has one form of dates. The page has the short one.
    """
    short = "SHORT_" if place == Place.PAGE else ""
    if value is None or value == "":
        return "–"
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), f"{short}DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, f"{short}DATE_FORMAT")
    if isinstance(value, int | float | Decimal):
        return number_format(value)
    return Truncator(" ".join(value.split())).chars(MAX_CELL)


def to_day(moment: dt.datetime | None) -> dt.date | None:
    """Return the day (office's zone) of a moment."""
    return timezone.localdate(moment) if moment else None
