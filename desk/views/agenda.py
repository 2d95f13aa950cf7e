"""The agenda book (Buku Agenda) of one year, newest number first."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.models import AgendaEntry, Case
from consultations.pagination import PAGE_SIZE, Page, get_before_key, make_page
from consultations.parties import get_office_wide_appointment
from desk.agenda_book import Line, list_live_cases, list_voided_entries
from desk.filters import AgendaFilter
from office.models import User


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show one page of the book with the lines of visible cases, filtered by year and month."""
    user = cast(User, request.user)
    live = AgendaFilter(request.GET, list_live_cases(user), entry="agenda__")
    voided = AgendaFilter(request.GET, list_voided_entries(user), years=live.years)
    return render(
        request,
        "desk/agenda.html",
        {
            "filter": live,
            "page": _get_page(live.qs, voided.qs, request.GET),
            "year": live.chosen_year,
            "prints_book": get_office_wide_appointment(user) is not None,
        },
    )


def _get_page(live: QuerySet[Case], voided: QuerySet[AgendaEntry], params: QueryDict) -> Page[Line]:
    """Merge live and voided lines. Voided ones are searched only within the numbers of the page."""
    before = get_before_key(params)
    if before is not None:
        live, voided = live.filter(agenda__number__lt=before), voided.filter(number__lt=before)
    lines = [Line.of_case(case) for case in live[: PAGE_SIZE + 1]]
    lowest = lines[-1].number if len(lines) > PAGE_SIZE else 0
    lines += map(Line.of_voided, voided.filter(number__gte=lowest)[: PAGE_SIZE + 1])
    lines.sort(key=lambda line: line.number, reverse=True)
    return make_page(lines[: PAGE_SIZE + 1], params, key="number")
