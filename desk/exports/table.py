"""A list that can be exported, and the values that several lists have in common."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office.models import User
from office.words import with_words_lazy, word
from reports.spreadsheet import Column

MAX_ROWS = 50_000
"""Rows of one file. A longer list is cut, and file and page say so."""

ROWS_AT_ONCE = 2_000
"""Rows read in one batch."""


@dataclass(frozen=True)
class Table:
    """A list that can be exported. `slug` is its name in URLs, in file names and in the log.

    `list_rows` returns the rows that a user may see, as the filters `params` of the page choose them. It
    raises PermissionDenied if the user may not export the list, and Refused if the filters are not valid.
    `page` is the URL name of the page with the list.
    """

    slug: str
    title: str | Promise
    page: tuple[str, ...]
    columns: Sequence[Column]
    list_rows: Callable[[User, QueryDict], Iterable[Any]]


def read[M: Model](rows: QuerySet[M]) -> Iterator[M]:
    """Yield up to one more than MAX_ROWS rows, read in batches by their keys.

    Memory grows with the keys only, also behind a pooler, which allows no cursor. No query stays open while
    the progress is stored: SQLite would refuse that write after one of another process.
    """
    keys = list(rows.values_list("pk", flat=True)[: MAX_ROWS + 1])
    for batch in batched(keys, ROWS_AT_ONCE, strict=False):
        found = {row.pk: row for row in rows.filter(pk__in=batch)}
        yield from (found[key] for key in batch if key in found)


def number(case: Case) -> str:
    return str(case.agenda or "")


AGENDA = ("agenda__year", "agenda__number")
"""Columns that `number()` reads."""

NUMBER_HEADING, CODE_HEADING, SUBJECT_HEADING = _("Nomor agenda"), _("Kode lacak"), _("Perihal")
APPLICANT_HEADING, ORGANISATION_HEADING = _("Pemohon"), with_words_lazy(_("Lembaga atau %(village)s"))
DIVISION_HEADING, OFFICER_HEADING = word("division_name"), _("Petugas")
