"""The answers of the survey as a file."""

from collections.abc import Iterable
from operator import attrgetter

from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consultations.workflow import Refused
from desk.exports.table import Table, read
from office.models import User
from reports.spreadsheet import Column
from surveys.elements import ELEMENTS
from surveys.models import Answer
from surveys.overview import get_overview
from surveys.queries import list_answers
from surveys.services import NOT_OFFERED


def _list_answers(user: User, params: QueryDict) -> Iterable[Answer]:
    page = get_overview(user, params.get("since"), params.get("until"))
    if page.period is None or page.result is None:
        raise Refused(NOT_OFFERED)
    if page.result.suppressed_because:
        raise Refused(page.result.suppressed_because)
    return read(list_answers(user, page.period))


SURVEY = Table(
    "survei",
    _("Jawaban survei"),
    ("surveys",),
    [Column(format_lazy("{} {}", e.code, e.name), attrgetter(e.field), 12) for e in ELEMENTS.values()],
    _list_answers,
)
