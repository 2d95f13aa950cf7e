"""Tables as XLSX and CSV files, written row by row, so that memory does not grow with the number of rows.

The type of a value decides the type of its cell: text, number, date, date with time, or empty. Text is
never a formula, whatever it begins with.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise

FORMULA_START = re.compile(r"^(?=[\t\r\n])|(?:^|(?<=[,;\t\r\n]))(?= *[=+\-@])")
"""Place in a text of a CSV file from which a spreadsheet may compute.

Some regions read a comma or a tab as the end of a cell, although a semicolon ends it here.
"""

MAX_TEXT = 32_767
"""Characters of one XLSX cell."""

type Value = str | float | Decimal | dt.date | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, the value of a row, and its width in characters (XLSX)."""

    heading: str | Promise
    value: Callable[[Any], Value]
    width: int = 16


class Note(str):
    """A row that is one sentence instead of values."""

    __slots__ = ()


def write_xlsx(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write one sheet. The headings stay in view and have filters."""
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
