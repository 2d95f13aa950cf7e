"""One declaration of a table for page, print, XLSX and CSV.

The type of a value decides how it is shown: text, number, date, date with time, or empty. The template
`kit/table.html` shows a table on a page and in print. Files are written row by row, so that memory does not
grow with the number of rows. Text in a file is never a formula, whatever it begins with.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Flag, auto
from typing import Any, BinaryIO, NamedTuple

import xlsxwriter
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import Truncator

MAX_CELL = 200
"""Characters of a cell on page and in print. Files have the whole text."""

SHORT = 12
"""Characters of a date or a number, which the page shows on one line."""

NUMBER_SHARE = 3
"""Percentage of the width of the line numbers in print."""

MAX_TEXT = 32_767
"""Characters of one XLSX cell."""

FORMULA_START = re.compile(r"^(?=[\t\r\n])|(?:^|(?<=[,;\t\r\n]))(?= *[=+\-@])")
"""Place in a text of a CSV file where a spreadsheet may see the start of a formula.

Some regions read a comma or a tab as the end of a cell, although a semicolon ends it here.
"""

LINE, PADDING, MAX_WORD = 175, 1.7, 24
"""Characters in a line of a printed table, in the padding of a cell, and in the longest unbroken word."""

BREAKS = re.compile(r"\s+|(?<=-)|(?<=/)(?=[^\W\d])")
"""Places where a line may end: between words, after a hyphen, and after a slash that no number follows."""

type Value = str | float | Decimal | dt.date | None


class Place(Flag):
    """Places that show a column."""

    PRINT = auto()
    PAGE = auto()
    FILE = auto()
    READ = PRINT | PAGE
    ALL = PRINT | PAGE | FILE


@dataclass(frozen=True)
class Column:
    """A column. `value` returns its value for a row. `width` is in characters (XLSX), or relative (print)."""

    heading: str | Promise
    value: Callable[[Any], Value]
    width: int = 16
    shown_on: Place = Place.ALL
    is_link: bool = False
    """Whether the page links the cell to the URL of its row."""


class Note(str):
    """A row that is one sentence instead of values."""

    __slots__ = ()


class Cell(NamedTuple):
    """One cell as people read it."""

    heading: str | Promise
    text: str
    is_number: bool
    url: str = ""

    @property
    def is_short(self) -> bool:
        """Whether the page shows the text on one line."""
        return len(self.text) <= SHORT


class Row(NamedTuple):
    """A row as people read it, with its data attributes on the page."""

    cells: list[Cell]
    data: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table. On the page, `get_url` returns the URL of a row, or "", and `get_data` its data attributes."""

    title: str | Promise
    columns: Sequence[Column]
    get_url: Callable[[Any], str] = lambda row: ""
    get_data: Callable[[Any], Mapping[str, str]] = lambda row: {"row": ""}

    def columns_on(self, place: Place) -> list[Column]:
        """Return the columns that are shown in one place."""
        return [column for column in self.columns if place in column.shown_on]

    def show(self, rows: Iterable[Any], place: Place) -> "Shown":
        """Return some rows as page or print shows them."""
        columns, on_page, shown = self.columns_on(place), place == Place.PAGE, []
        for row in rows:
            url = self.get_url(row) if on_page else ""
            values = [(column, column.value(row)) for column in columns]
            cells = [
                Cell(
                    c.heading, to_text(value, place), isinstance(value, int | float), url if c.is_link else ""
                )
                for c, value in values
            ]
            shown.append(Row(cells, self.get_data(row) if on_page else {}))
        return Shown(columns, shown, on_page)


@dataclass(frozen=True)
class Shown:
    """Rows of a table on a page or in print: the context of `kit/table.html`."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    on_page: bool

    @property
    def shares(self) -> list[str]:
        """The width of each column in print in percent, beside the line numbers.

        No word is broken: a column has room for its longest one. The rest is divided by `Column.width`.
        """
        texts = ([row.cells[n].text for row in self.rows] for n in range(len(self.columns)))
        columns = zip(self.columns, texts, strict=True)
        needed = [max(map(_measure_word, (str(c.heading), *read))) + PADDING for c, read in columns]
        spare = max(LINE - sum(needed), 0) / sum(column.width for column in self.columns)
        widths = [need + spare * column.width for need, column in zip(needed, self.columns, strict=True)]
        return [f"{(100 - NUMBER_SHARE) * width / sum(widths):.2f}" for width in widths]


def _measure_word(text: str) -> float:
    """Return the width of the longest word of a text, at most MAX_WORD. The unit is a small character."""
    widths = (
        sum(1.4 if c.isupper() else 1.1 if c.isdigit() else 1 for c in word) for word in BREAKS.split(text)
    )
    return min(max(widths), MAX_WORD)


def to_text(value: Value, place: Place) -> str:
    """Return a value as people read it: on one line of at most MAX_CELL characters.

    An empty value is a dash in print and empty on the page. The page uses the short formats of dates.
    """
    short = "SHORT_" if place == Place.PAGE else ""
    if value is None or value == "":
        return "" if place == Place.PAGE else "–"
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), f"{short}DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, f"{short}DATE_FORMAT")
    if isinstance(value, int | float | Decimal):
        return number_format(value)
    return Truncator(" ".join(value.split())).chars(MAX_CELL)


def write_xlsx(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write a workbook with one sheet. The headings are frozen and have filters."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:  # also deletes its temporary files
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day, moment = (book.add_format({"num_format": f"dd/mm/yyyy{time}"}) for time in ("", " hh:mm"))
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        for number, column in enumerate(columns):
            sheet.write_string(0, number, str(column.heading), bold)
        sheet.freeze_panes(1, 0)
        line = 0
        for line, row in enumerate(rows, start=1):
            if isinstance(row, Note):
                sheet.write_string(line, 0, row, bold)
                continue
            for number, column in enumerate(columns):
                value = column.value(row)
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    sheet.write_string(line, number, value[:MAX_TEXT])
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(line, number, timezone.make_naive(value), moment)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(line, number, value, day)
                else:
                    sheet.write_number(line, number, value)
        sheet.autofilter(0, 0, line, len(columns) - 1)


def write_csv(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write UTF-8 with byte order mark, semicolons and decimal commas, as Excel opens it in Indonesia."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(column.heading) for column in columns])
    for row in rows:
        values = [row] if isinstance(row, Note) else [column.value(row) for column in columns]
        writer.writerow(map(_to_csv_cell, values))
    text.detach()


def _to_csv_cell(value: Value) -> str:
    """Format one cell. An apostrophe marks text that a spreadsheet would take for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return FORMULA_START.sub("'", value)
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
