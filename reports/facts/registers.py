"""Papers for a period: Buku Agenda and Rekap Laporan."""

from typing import Any

from reports.facts.record import Record
from reports.models import Register


def register(printed: Register) -> Record:
    """One printing of a list for a period, by whom it was printed."""
    return Record(printed, printed.by, printed.title, printed.at)


def agenda_book_facts(printed: Register, row: Register) -> dict[str, Any]:
    return {"register": printed}


def recap_facts(printed: Register, row: Register) -> dict[str, Any]:
    return {"register": printed}
