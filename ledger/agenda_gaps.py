"""Gaps in the agenda numbers: a number of the book without an entry."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from consultations.models import AgendaEntry, NumberBook
from ledger.chain import BATCH


def check_agenda_numbers() -> Iterator[str]:
    """Yield the gaps in the agenda numbers of each year, also before the first and after the last one."""
    # Before the entries: a number that is taken meanwhile is no gap.
    books = {
        book.year: book for book in NumberBook.objects.filter(series=NumberBook.Series.AGENDA, taken__gt=0)
    }
    entries = AgendaEntry.objects.order_by("year", "number").values_list("year", "number")
    by_year = groupby(entries.iterator(chunk_size=BATCH), key=itemgetter(0))
    for year, of_year in by_year:
        book = books.pop(year, None)
        last = book.first - 1 if book else None
        for _year, number in of_year:
            if last is not None:
                yield from _name_gap(last, number, year)
            last = number
        if book and last is not None:
            yield from _name_gap(last, book.first + book.taken, year)
    for year, book in books.items():
        yield from _name_gap(book.first - 1, book.first + book.taken, year)


def _name_gap(before: int, after: int, year: int) -> Iterator[str]:
    if after - before > 1:
        yield f"agenda numbers {before + 1} to {after - 1} of {year}: missing"
