"""The agenda book (Buku Agenda) of one year, newest number first."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.parties import get_office_wide_appointment
from desk.agenda_book import filter_book, get_page
from kit.table import Place
from office.models import User
from reports.registers.letters import AGENDA_BOOK


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show one page of the book with the lines of visible cases, filtered by year and month."""
    user = cast(User, request.user)
    live, voided = filter_book(user, request.GET)
    page = get_page(live.qs, voided.qs, request.GET)
    context = {
        "filter": live,
        "page": page,
        "table": AGENDA_BOOK.show(page.rows, Place.PAGE),
        "year": live.chosen_year,
        "prints_book": get_office_wide_appointment(user) is not None,
    }
    return render(request, "desk/agenda.html", context)
