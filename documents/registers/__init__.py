"""The registers of the office, and the template context of their documents."""

from typing import Any

from django.utils import timezone

from documents.models import Register
from documents.numbers import find_holder
from documents.registers.book import MAX_ROWS, Book
from kit.table import Place
from office.models import Appointment, Office

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
