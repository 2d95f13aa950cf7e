"""The answers of the survey as a file."""

from collections.abc import Callable, Iterable

from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from desk.exports.table import Table
from kit.refusal import Refused
from office.models import User
from reports.spreadsheet import Column
from surveys.elements import ELEMENTS
from surveys.overview import get_overview
from surveys.queries import list_answers
from surveys.services import NOT_OFFERED


def _list_answers(user: User, params: QueryDict) -> Iterable[str]:
    page = get_overview(user, params.get("since"), params.get("until"))
    if page.period is None or page.result is None:
        raise Refused(NOT_OFFERED)
    if page.result.suppressed_because:
        raise Refused(page.result.suppressed_because)
    return list_answers(page.period)


def _digit(position: int) -> Callable[[str], int]:
    return lambda answer: int(answer[position])


SURVEY = Table(
    "survei",
    _("Jawaban survei"),
    ("surveys",),
    [
        Column(format_lazy("{} {}", element.code, element.name), _digit(position), 12)
        for position, element in enumerate(ELEMENTS.values())
    ],
    _list_answers,
)
