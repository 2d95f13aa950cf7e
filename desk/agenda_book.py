"""The agenda book (Buku Agenda) as a list of the desk: the entries of visible cases, newest number first.

Columns and lines are those of the register (`reports/registers/letters.py`). Urgent walk-ins without a letter
are in the register of consultations instead.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from consultations.enums import Channel
from consultations.models import AgendaEntry, Case
from consultations.pagination import PAGE_SIZE, Page, get_before_key, make_page, only
from consultations.queries import of_few_visible_cases
from desk.filters import AgendaFilter
from office.models import User
from reports.registers.letters import OF_CASE, OF_ENTRY, AgendaLine, annotate_letters


def filter_book(user: User, params: QueryDict) -> tuple[AgendaFilter, AgendaFilter]:
    """Return the lines of live and of voided numbers that the user may see, filtered by year and month."""
    live = AgendaFilter(params, _list_live_cases(user), entry="agenda__")
    return live, AgendaFilter(params, _list_voided_entries(user), years=live.years)


def _list_live_cases(user: User) -> QuerySet[Case]:
    letters = Case.objects.visible_to(user).exclude(channel=Channel.WALK_IN, letter_number="")
    cases = only(letters, (*OF_CASE, *(f"agenda__{field}" for field in OF_ENTRY)))
    return annotate_letters(cases, "pk").order_by("-agenda__number")


def _list_voided_entries(user: User) -> QuerySet[AgendaEntry]:
    entries = AgendaEntry.objects.filter(of_few_visible_cases(user, "voided_case"), voided_case__isnull=False)
    entries = only(entries, (*OF_ENTRY, *(f"voided_case__{field}" for field in OF_CASE)))
    return annotate_letters(entries, "voided_case").order_by("-number")


def get_page(live: QuerySet[Any], voided: QuerySet[AgendaEntry], params: QueryDict) -> Page[AgendaLine]:
    """Merge live and voided lines. Voided ones are searched only within the numbers of the page."""
    before = get_before_key(params)
    if before is not None:
        live, voided = live.filter(agenda__number__lt=before), voided.filter(number__lt=before)
    lines = [AgendaLine.of(case.agenda, case) for case in live[: PAGE_SIZE + 1]]
    lowest = lines[-1].number if len(lines) > PAGE_SIZE else 0
    entries = voided.filter(number__gte=lowest)[: PAGE_SIZE + 1]
    lines += [AgendaLine.of(entry, entry) for entry in entries]
    lines.sort(key=lambda line: line.number, reverse=True)
    return make_page(lines[: PAGE_SIZE + 1], params, key="number")
