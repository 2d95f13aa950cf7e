"""Lists of the staff with their filters: cases, the agenda book (Buku Agenda), the dashboard (Dasbor)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dates import MONTHS
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consultations.complaints import set_days_left
from consultations.enums import Channel
from consultations.models import AgendaEntry, Case, NumberBook
from consultations.parties import get_office_wide_appointment
from consultations.queries import list_uncoded, of_few_visible_cases, with_people
from desk import charts
from desk.case_list import CaseFilter
from desk.dashboard import get_dashboard, list_divisions
from desk.navigation import find_pages
from desk.views.selection import list_actions
from documents.registers.letters import AGENDA_BOOK, OF_CASE, OF_ENTRY, AgendaLine, annotate_letters
from kit import clock
from kit.clock import midnight
from kit.filters import FilterBar
from kit.pagination import PAGE_SIZE, Page, get_before_key, make_page, only
from kit.periods import LAST_TWELVE_MONTHS, Period
from kit.table import Place
from office import rights
from office.models import Division, Office, User
from office.rights import StaffRequest, requires
from office.words import with_words_lazy, word

MAX_UNCODED = 10


class AgendaFilter(FilterBar):
    """Year and month of the agenda book. Without a valid year it is the newest year of the book.

    The rows are agenda entries, or records that reach their entry by the lookup prefix `entry`. `years` can
    be passed to save the query.
    """

    year = django_filters.ChoiceFilter(label=_("Tahun"), method="in_year", empty_label=None)
    month = django_filters.ChoiceFilter(
        label=_("Bulan"), method="in_month", choices=list(MONTHS.items()), empty_label=_("Semua")
    )

    def __init__(
        self, params: QueryDict, rows: QuerySet[Any], *, entry: str = "", years: Sequence[int] = ()
    ) -> None:
        self.entry, self.years = entry, years or _list_agenda_years()
        data = params.copy()
        if data.get("year") not in [str(year) for year in self.years]:
            data["year"] = str(self.years[0])
        super().__init__(data, rows)
        self.filters["year"].extra["choices"] = [(year, year) for year in self.years]

    @property
    def chosen_year(self) -> int:
        return int(self.form.cleaned_data["year"])

    def in_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.entry}year": int(value)})

    def in_month(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        year, month = self.chosen_year, int(value)
        begins = midnight(dt.date(year, month, 1))
        ends = midnight(dt.date(year + month // 12, month % 12 + 1, 1))
        registered_at = f"{self.entry}registered_at"
        return rows.filter(**{f"{registered_at}__gte": begins, f"{registered_at}__lt": ends})


def _list_agenda_years() -> list[int]:
    books = NumberBook.objects.filter(series=NumberBook.Series.AGENDA).order_by("-year")
    return list(books.values_list("year", flat=True)) or [clock.today().year]


SELECT = forms.Select(attrs={"class": "form-select"})


class DashboardForm(forms.Form):
    """Period and division of the dashboard. An invalid value chooses the first period or all divisions.

    Raise PermissionDenied for a user who heads neither the office nor a division.
    """

    periode = forms.ChoiceField(label=_("Periode"), required=False, widget=SELECT)
    division = forms.ChoiceField(label=word("division_name"), required=False, widget=SELECT)

    def __init__(self, params: QueryDict, user: User) -> None:
        super().__init__(params)
        self.divisions, self.sees_office = list_divisions(user)
        self.periods = {period.key: period for period in _list_periods()}
        periode, division = (cast(forms.ChoiceField, field) for field in self.fields.values())
        periode.choices = [(key, _title(period)) for key, period in self.periods.items()]
        everything = with_words_lazy(_("Semua %(division)s"))
        division.choices = [("", everything), *((d.pk, d.name) for d in self.divisions)]
        if len(self.divisions) == 1:
            del self.fields["division"]

    @property
    def period(self) -> Period:
        return self.periods.get(self._get("periode"), next(iter(self.periods.values())))

    @property
    def chosen(self) -> Sequence[Division]:
        found = [division for division in self.divisions if str(division.pk) == self._get("division")]
        return found or self.divisions

    @property
    def is_whole(self) -> bool:
        return self.sees_office and len(self.chosen) == len(self.divisions)

    def _get(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


LAST_TWELVE_WEEKS = "12-minggu"


def _list_periods() -> list[Period]:
    today = clock.today()
    quarter, year = Period.quarter_of(today), Period.year_of(today)
    monday = today - dt.timedelta(days=today.weekday(), weeks=11)
    before = [each.since - dt.timedelta(days=1) for each in (quarter, year)]
    running = [replace(quarter, until=today), replace(year, until=today)]
    twelve_months = Period.of(LAST_TWELVE_MONTHS)
    return [
        Period(LAST_TWELVE_WEEKS, monday, today),
        *([twelve_months] if twelve_months else []),
        *running,
        Period.quarter_of(before[0]),
        Period.year_of(before[1]),
    ]


def _title(period: Period) -> str:
    return str(_("12 minggu terakhir") if period.key == LAST_TWELVE_WEEKS else period.title)


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
    actions = list_actions(narrowed.user)
    context = {
        "filter": narrowed,
        "page": page,
        "office": narrowed.office,
        "count": narrowed.count(page),
        "query": narrowed.get_query(),
        "sort": narrowed.form.cleaned_data.get("sort", ""),
        "actions": actions,
        "pages": find_pages(narrowed.user, narrowed.form.cleaned_data.get("q", "")),
        "is_selectable": bool(actions),
    }
    return render(request, "desk/cases.html", context)


def filter_book(user: User, params: QueryDict) -> tuple[AgendaFilter, AgendaFilter]:
    """Return the lines of live and of voided numbers that the user may see, filtered by year and month."""
    letters = Case.objects.visible_to(user).exclude(channel=Channel.WALK_IN, letter_number="")
    cases = only(letters, (*OF_CASE, *(f"agenda__{field}" for field in OF_ENTRY)))
    cases = annotate_letters(cases, "pk").order_by("-agenda__number")
    entries = AgendaEntry.objects.filter(of_few_visible_cases(user, "voided_case"), voided_case__isnull=False)
    entries = only(entries, (*OF_ENTRY, *(f"voided_case__{field}" for field in OF_CASE)))
    entries = annotate_letters(entries, "voided_case").order_by("-number")
    live = AgendaFilter(params, cases, entry="agenda__")
    return live, AgendaFilter(params, entries, years=live.years)


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
    uncoded = list_uncoded(user)
    listed = list(uncoded.as_lines()[: MAX_UNCODED + 1])
    live, voided = filter_book(user, request.GET)
    page = get_page(live.qs, voided.qs, request.GET)
    context = {
        "filter": live,
        "page": page,
        "table": AGENDA_BOOK.show(page.rows, Place.PAGE),
        "year": live.chosen_year,
        "uncoded": listed[:MAX_UNCODED],
        "unlisted": uncoded.count() - MAX_UNCODED if len(listed) > MAX_UNCODED else 0,
        "prints_book": get_office_wide_appointment(user) is not None,
    }
    return render(request, "desk/agenda.html", context)


@requires(rights.SEE_DASHBOARD)
@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
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
