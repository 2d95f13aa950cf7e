"""Lists of the staff: cases, the agenda book (Buku Agenda), the dashboard (Dasbor)."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from consultations.complaints import set_days_left
from consultations.enums import Channel
from consultations.models import AgendaEntry, Case
from consultations.parties import get_office_wide_appointment
from consultations.queries import of_few_visible_cases, with_people
from desk import charts
from desk.dashboard import get_dashboard
from desk.filters import AgendaFilter, CaseFilter, DashboardForm
from kit import clock
from kit.pagination import PAGE_SIZE, Page, get_before_key, make_page, only
from kit.table import Place
from office import rights
from office.models import Office, User
from office.rights import StaffRequest, requires
from reports.documents.registers.letters import AGENDA_BOOK, OF_CASE, OF_ENTRY, AgendaLine, annotate_letters


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List the visible cases, newest first, narrowed by filters; or those that a search finds, best first.

    A search for a code or an agenda number opens its case.
    """
    narrowed = CaseFilter(request.GET, cast(User, request.user))
    page = narrowed.get_page()
    if case := narrowed.get_named(page):
        return redirect("case", case.code)
    set_days_left(with_people(page.rows))
    context = {
        "filter": narrowed,
        "page": page,
        "office": narrowed.office,
    }
    return render(request, "desk/cases.html", context)


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
    lines = [AgendaLine(case.agenda, case) for case in live[: PAGE_SIZE + 1]]
    lowest = lines[-1].number if len(lines) > PAGE_SIZE else 0
    entries = voided.filter(number__gte=lowest)[: PAGE_SIZE + 1]
    lines += [AgendaLine(entry, entry) for entry in entries]
    lines.sort(key=lambda line: line.number, reverse=True)
    return make_page(lines[: PAGE_SIZE + 1], params, key="number")


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


@requires(rights.SEE_DASHBOARD)
@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the figures of a period and a division."""
    user = request.user
    chosen, office = DashboardForm(request.GET, user), Office.load()
    found = get_dashboard(user, office, chosen.period, chosen.chosen, is_whole=chosen.is_whole)
    division = f"&division={chosen.chosen[0].pk}" if len(chosen.chosen) == 1 else ""
    context = {"office": office, "filter": chosen, "dashboard": found, "division_query": division}
    if found:
        longest = max((waiting.count.open for waiting in found.waiting), default=0)
        busiest = max((count.open for _officer, count in found.officers), default=0)
        bars = [(*each, charts.stacked_bar(each[1], busiest)) for each in found.officers]
        now, half = clock.now(), (len(bars) + 1) // 2
        context |= {
            "flow": charts.flow_chart(found),
            "durations": charts.duration_chart(found) if found.minutes.n else None,
            "index": charts.index_chart(found),
            "waiting": [(each, charts.stacked_bar(each.count, longest)) for each in found.waiting],
            "waiting_table": [(each.step.title, each.count) for each in found.waiting],
            "officers": (bars[:half], bars[half:]),
            "stuck": [(case, timesince(case.due_at, now, depth=1)) for case in found.stuck if case.due_at],
        }
    return render(request, "desk/dashboard.html", context)
