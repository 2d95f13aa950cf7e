"""The registers of a period as files: the rows of their pages and documents."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from desk.exports.table import ROWS_AT_ONCE, Table, read
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy
from reports.contexts.book import Book, Place
from reports.contexts.books import BOOKS
from reports.documents import TYPES_BY_KIND
from reports.forms.period import RegisterForm
from reports.registers import scoped_register, scopes


def _make_table(book: Book) -> Table:
    """Return the export of a register."""

    def list_lines(user: User, params: QueryDict) -> Iterable[Any]:
        if not (mine := scopes(book.kind, user)):
            raise PermissionDenied
        form = RegisterForm(params, scopes=mine)
        if not form.is_valid():
            raise Refused(
                with_words_lazy(_("Pilih tanggal awal, tanggal akhir, dan %(division)s dari daftar."))
            )
        register = scoped_register(book.kind, by=user, **form.period)
        batches = batched(read(book.list_rows(register)), ROWS_AT_ONCE, strict=False)
        return (line for batch in batches for line in book.get_lines(batch, register))

    slug = TYPES_BY_KIND[book.kind].slug
    return Table(slug, book.kind.label, ("register", slug), book.columns_on(Place.FILE), list_lines)


REGISTERS = tuple(_make_table(book) for book in BOOKS.values())
