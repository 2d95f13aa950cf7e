"""The agenda book (Buku Agenda) of one year, newest number first."""

from dataclasses import dataclass
from typing import cast

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.models import AgendaEntry, Attachment, Case
from consultations.pagination import PAGE_SIZE, Page, get_before_key, make_page, only
from consultations.parties import get_office_wide_appointment
from consultations.queries import of_visible_case
from desk.filters import AgendaFilter
from office.models import User

ENTRY = ("year", "number", "void_reason")
LETTER = ("letter_number", "letter_date", "submitted_at", "applicant_name", "organisation", "subject")
SHOWN = ("code", "state", *LETTER, "division__name")
"""Columns of the entry (ENTRY) and of the case (SHOWN) that a line shows."""


@dataclass(frozen=True)
class Line:
    """One line of the book: an entry, its case, and the number of files of the case."""

    entry: AgendaEntry
    case: Case
    files: int

    @property
    def number(self) -> int:
        return self.entry.number


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show one page of the book with the lines of visible cases, filtered by year and month."""
    user = cast(User, request.user)
    live = AgendaFilter(request.GET, _get_live_cases(user), entry="agenda__")
    voided = AgendaFilter(request.GET, _get_voided_entries(user), years=live.years)
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


def _get_live_cases(user: User) -> QuerySet[Case]:
    cases = only(Case.objects.visible_to(user), (*SHOWN, *(f"agenda__{field}" for field in ENTRY)))
    return cases.annotate(files=_count_files("pk")).order_by("-agenda__number")


def _get_voided_entries(user: User) -> QuerySet[AgendaEntry]:
    entries = AgendaEntry.objects.filter(of_visible_case(user, "voided_case"), voided_case__isnull=False)
    entries = only(entries, (*ENTRY, *(f"voided_case__{field}" for field in SHOWN)))
    return entries.annotate(files=_count_files("voided_case")).order_by("-number")


def _get_page(live: QuerySet[Case], voided: QuerySet[AgendaEntry], params: QueryDict) -> Page[Line]:
    """Merge live and voided lines. Voided ones are searched only within the numbers of the page."""
    before = get_before_key(params)
    if before is not None:
        live, voided = live.filter(agenda__number__lt=before), voided.filter(number__lt=before)
    lines = [Line(case.agenda, case, case.files) for case in live[: PAGE_SIZE + 1] if case.agenda]  # type: ignore[attr-defined]
    lowest = lines[-1].number if len(lines) > PAGE_SIZE else 0
    lines += [
        Line(entry, entry.voided_case, entry.files)  # type: ignore[attr-defined]
        for entry in voided.filter(number__gte=lowest)[: PAGE_SIZE + 1]
        if entry.voided_case
    ]
    lines.sort(key=lambda line: line.number, reverse=True)
    return make_page(lines[: PAGE_SIZE + 1], params, key="number")


def _count_files(case: str) -> Coalesce:
    """Count the files of the case (named by its field) in a subquery for each row."""
    counted = Attachment.objects.filter(case=OuterRef(case)).values("case").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
