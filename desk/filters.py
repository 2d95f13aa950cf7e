"""Filters of the list of cases, of the agenda book and of the dashboard."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from consultations import parties
from consultations.deadlines import list_states
from consultations.enums import Channel, Kind
from consultations.models import Case, NumberBook
from consultations.models.case import CaseQuerySet
from consultations.queries import waiting_for
from consultations.search import best_first, matching
from desk.dashboard import list_divisions
from kit import clock
from kit.clock import midnight
from kit.filters import DayFilter, FilterBar
from kit.pagination import Page, newest_first
from kit.periods import LAST_TWELVE_MONTHS, Period
from office.lists import list_all_divisions
from office.models import Division, Office, User
from office.words import with_words_lazy, word


def _box(label: Any, method: str) -> django_filters.BooleanFilter:
    return django_filters.BooleanFilter(label=label, method=method, widget=forms.CheckboxInput)


class CaseFilter(FilterBar):
    """Filters and search of the cases that a user may see.

    An invalid value filters nothing and shows an error.
    """

    q = django_filters.CharFilter(
        label=_("Cari"),
        help_text=_(
            "Nama, perihal, isi, petugas, kode lacak, nomor agenda (49/2026), telepon, surat, atau LAPOR!"
        ),
        method="pass_on",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(label=_("Status"), empty_label=_("Semua"))
    kind = django_filters.ChoiceFilter(label=_("Jenis"), choices=Kind.choices, empty_label=_("Semua"))
    channel = django_filters.ChoiceFilter(
        label=_("Cara masuk"), choices=Channel.choices, empty_label=_("Semua")
    )
    division = django_filters.ChoiceFilter(label=word("division_name"), empty_label=_("Semua"))
    date_from = DayFilter("submitted_at", _("Masuk sejak"))
    date_to = DayFilter("submitted_at", _("Masuk sampai"), is_last=True)
    turn = _box(_("Giliran saya"), "only_my_turn")
    late = _box(_("Lewat batas waktu"), "only_late")

    def __init__(self, params: QueryDict, user: User) -> None:
        super().__init__(params, Case.objects.visible_to(user))
        self.user = user
        self.office = Office.load()
        states = list_states(self.office)
        self.filters["state"].extra["choices"] = [(state.value, state.label) for state in states]
        self.filters["division"].extra["choices"] = [(one.pk, one.name) for one in list_all_divisions()]

    def get_page(self) -> Page[Case]:
        """Return one page: the best first if words are searched, else the newest first."""
        self.form.is_valid()  # fills cleaned_data
        words = self.form.cleaned_data.get("q")
        if not words:
            found = super().filter_queryset(self.queryset.all())
            return newest_first(found, self.data, rows=Case.objects.as_rows().select_related("agenda"))
        cases = super().filter_queryset(Case.objects.filter(parties.visible_row_by_row(self.user)))
        own = self.user if parties.sees_own_cases_only(self.user) else None
        return best_first(cases, words, self.data, own=own)

    def get_named(self, page: Page[Case]) -> Case | None:
        """Return the case whose code or agenda number (`49/2026`) is the whole search, if the page has it."""
        words = self.form.cleaned_data.get("q", "").upper()
        return next((case for case in page.rows if words in (case.code, str(case.agenda))), None)

    def filter_queryset(self, queryset: CaseQuerySet) -> CaseQuerySet:
        """Return all cases of the list, in no order."""
        return matching(super().filter_queryset(queryset), self.form.cleaned_data.get("q", ""))

    def pass_on(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Filter nothing: the words are searched last, among the cases that the other filters leave."""
        return cases

    def only_late(self, cases: CaseQuerySet, name: str, value: bool | None) -> CaseQuerySet:
        return cases.open().filter(due_at__lt=clock.now()) if value else cases

    def only_my_turn(self, cases: CaseQuerySet, name: str, value: bool | None) -> CaseQuerySet:
        return waiting_for(self.user, cases) if value else cases

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set, so that an empty list can say what to do."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)


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
    """Return the years of the agenda book, newest first; the current year if the book is empty."""
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
        """The chosen division, or all."""
        found = [division for division in self.divisions if str(division.pk) == self._get("division")]
        return found or self.divisions

    @property
    def is_whole(self) -> bool:
        """Whether the chosen divisions are the whole office."""
        return self.sees_office and len(self.chosen) == len(self.divisions)

    def _get(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


LAST_TWELVE_WEEKS = "12-minggu"


def _list_periods() -> list[Period]:
    """Return the periods of the dashboard: those that end today, then the quarter and year before."""
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
