"""Gives copies consecutive numbers of the year: agenda, reports and outgoing letters."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models.functions import Coalesce
from django.utils import timezone

from bench.bulk import create_table
from bench.copier import Copy
from consultations.models import AgendaEntry, NumberBook
from reports.models import Document, ReportNumber

S = NumberBook.Series


def _new(column: str, old: str) -> str:
    return f"(SELECT b.{column} FROM bench_number b WHERE b.copy = c.number AND b.old = {old})"  # noqa: S608


AGENDA_NUMBER = "r.number || '/' || r.year"
COLUMNS = {
    "AgendaEntry.number": _new("serial", AGENDA_NUMBER),
    "AgendaEntry.year": _new("year", AGENDA_NUMBER),
    "Case.report_number": f"COALESCE({_new('new', 'r.report_number')}, '')",
    "Report.number": _new("new", "r.number"),
    "ReportNumber.number": _new("new", "r.number"),
    "Document.number": f"COALESCE({_new('new', 'r.number')}, '')",
}
"""SQL of the columns that hold a number, see `Copier`."""

type Numbered = tuple[str, int, dt.datetime, str]
"""Series, case, moment and number of an original."""


def number_copies(copies: Sequence[Copy]) -> dict[tuple[int, str], int]:
    """Store the numbers of all copies for `COLUMNS`. Return agenda numbers by copy and old number.

    Numbers rise with time, after those of the originals.
    """
    originals: dict[int, list[Numbered]] = defaultdict(list)
    for row in _list_numbered():
        originals[row[1]].append(row)
    wanted = [
        (series, moment + dt.timedelta(days=copy.past_days), copy.number, old)
        for copy in copies
        for series, _case, moment, old in originals[copy.original]
    ]
    rows = [*_take(sorted(wanted))]
    columns = {"copy": "bigint", "old": "text", "serial": "int", "year": "int", "new": "text"}
    create_table("bench_number", columns, rows, key="copy, old")
    return {(copy, old): serial for copy, old, serial, _year, new in rows if not new}


def _list_numbered() -> Iterator[Numbered]:
    entries = AgendaEntry.objects.annotate(owner=Coalesce("case", "voided_case"))
    for owner, moment, serial, year in entries.values_list("owner", "registered_at", "number", "year"):
        yield S.AGENDA, owner, moment, f"{serial}/{year}"
    reports = set()
    for case, moment, number in ReportNumber.objects.values_list("case", "taken_at", "number"):
        reports.add(number)
        yield S.REPORT, case, moment, number
    letters = Document.objects.filter(version=1).exclude(number="").exclude(number__in=reports)
    for case, moment, number in letters.exclude(case=None).values_list("case", "issued_at", "number"):
        yield S.LETTER, case, moment, number


def _take(wanted: list[tuple[str, dt.datetime, int, str]]) -> Iterator[tuple[int, str, int, int, str]]:
    """Yield copy, old number, serial, year and new number, and bring the number books up to date."""
    books: dict[tuple[str, int], NumberBook] = {
        (book.series, book.year): book for book in NumberBook.objects.all()
    }
    for series, moment, copy, old in wanted:
        year = timezone.localdate(moment).year
        if (series, year) not in books:
            books[series, year] = NumberBook(series=series, year=year)
        book = books[series, year]
        book.taken += 1
        serial = book.first + book.taken - 1
        if series == S.AGENDA:
            yield copy, old, serial, year, ""
        else:
            parts = old.split("/")
            parts[1], parts[-1] = str(serial), str(year)
            yield copy, old, serial, year, "/".join(parts)
    for book in books.values():
        book.save()
