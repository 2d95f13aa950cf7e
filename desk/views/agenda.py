"""The agenda book (Buku Agenda) of a year, newest number first."""

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dates import MONTHS
from django.views.decorators.http import require_safe

from consultations.models import AgendaEntry, Attachment, Case, NumberBook
from consultations.pagination import PAGE_SIZE, Page, make_page, only, position
from consultations.parties import get_office_wide_appointment
from consultations.queries import of_visible_case
from office import clock
from office.clock import midnight
from office.models import User

ENTRY = ("year", "number", "void_reason")
LETTER = ("letter_number", "letter_date", "submitted_at", "applicant_name", "organisation", "subject")
SHOWN = ("code", "state", *LETTER, "division__name")
"""What a line shows of its entry and of its case."""


@dataclass(frozen=True)
class Line:
    """One line of the book: a number, the case it was given to, and why it was voided, if it was."""

    entry: AgendaEntry
    case: Case
    files: int

    @property
    def number(self) -> int:
        return self.entry.number


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """One page of the book, of one year and, where asked for, one month; only lines of visible cases."""
    user, this_year = cast(User, request.user), clock.today().year
    books = NumberBook.objects.filter(series=NumberBook.Series.AGENDA).order_by("-year")
    years = list(books.values_list("year", flat=True)) or [this_year]
    year = _one_of(years, request.GET.get("year", "")) or years[0]
    month = _one_of(MONTHS, request.GET.get("month", ""))
    return render(
        request,
        "desk/agenda.html",
        {
            "page": _lines(user, request.GET, year, month),
            "year": year,
            "years": years,
            "month": month,
            "months": MONTHS.items(),
            "prints_book": get_office_wide_appointment(user) is not None,
        },
    )


def _one_of(known: Container[int], text: str) -> int | None:
    """The number that was asked for, where it is one that there is."""
    number = int(text) if text.isdecimal() and len(text) <= 4 else None
    return number if number in known else None


def _lines(user: User, params: QueryDict, year: int, month: int | None) -> Page[Line]:
    """Live and voided lines merged; the voided ones are only sought within the numbers of the page."""
    live = only(Case.objects.visible_to(user), (*SHOWN, *(f"agenda__{field}" for field in ENTRY)))
    live = _within(live, "agenda__", year, month, below=position(params)).annotate(files=_files("pk"))
    lines = [
        Line(case.agenda, case, case.files)
        for case in live.order_by("-agenda__number")[: PAGE_SIZE + 1]
        if case.agenda
    ]
    lowest = lines[-1].number if len(lines) > PAGE_SIZE else 0
    voided = AgendaEntry.objects.filter(
        of_visible_case(user, "voided_case"), voided_case__isnull=False, number__gte=lowest
    )
    voided = only(voided, (*ENTRY, *(f"voided_case__{field}" for field in SHOWN)))
    voided = _within(voided, "", year, month, below=position(params)).annotate(files=_files("voided_case"))
    lines += [
        Line(entry, entry.voided_case, entry.files)
        for entry in voided.order_by("-number")[: PAGE_SIZE + 1]
        if entry.voided_case
    ]
    lines.sort(key=lambda line: line.number, reverse=True)
    return make_page(lines[: PAGE_SIZE + 1], params, key="number")


def _within[Rows: QuerySet[Any]](
    rows: Rows, entry: str, year: int, month: int | None, *, below: int | None
) -> Rows:
    """The rows whose agenda entry (reached by the prefix `entry`) is of that time and under that number."""
    rows = rows.filter(**{f"{entry}year": year})
    if month:
        begins = midnight(dt.date(year, month, 1))
        ends = midnight(dt.date(year + month // 12, month % 12 + 1, 1))
        rows = rows.filter(**{f"{entry}registered_at__gte": begins, f"{entry}registered_at__lt": ends})
    return rows if below is None else rows.filter(**{f"{entry}number__lt": below})


def _files(case: str) -> Coalesce:
    """How many files the case (named by its field) has, counted per row by an index."""
    counted = Attachment.objects.filter(case=OuterRef(case)).values("case").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
