"""The list of cases: its filters, order, count, and the search. The page is `desk/views/lists.py:cases`."""

from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _, ngettext

from consultations import parties
from consultations.deadlines import list_states
from consultations.enums import Channel, Kind
from consultations.models import Case
from consultations.models.case import CaseQuerySet
from consultations.scheduling.whose_work import waiting_for
from consultations.search import best_first, matching
from documents.models import Document
from kit import clock
from kit.filters import DayFilter, FilterBar
from kit.pagination import Page, newest_first, oldest_first, soonest_first
from office.lists import list_all_divisions
from office.models import Office, User
from office.words import word

MAX_COUNTED = 1_000
"""Cases that are counted at most, so that a page costs the same with a million."""

ORDERS = {"batas": _("Batas waktu terdekat"), "lama": _("Paling lama masuk")}
"""Orders beside the newest first. Each has an index: `due_at` and the primary key."""


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
    sort = django_filters.ChoiceFilter(
        label=_("Urut"), choices=list(ORDERS.items()), empty_label=_("Terbaru masuk"), method="pass_on"
    )

    def __init__(self, params: QueryDict, user: User) -> None:
        super().__init__(params, Case.objects.visible_to(user))
        self.user = user
        self.office = Office.load()
        states = list_states(self.office)
        self.filters["state"].extra["choices"] = [(state.value, state.label) for state in states]
        self.filters["division"].extra["choices"] = [(one.pk, one.name) for one in list_all_divisions()]

    def get_page(self) -> Page[Case]:
        """Return one page: the best first if words are searched, else in the chosen order.

        The number of a paper leads to its case.
        """
        self.form.is_valid()  # fills cleaned_data
        words = self.form.cleaned_data.get("q")
        if not words:
            return self._sort(super().filter_queryset(self.queryset.all()))
        cases = super().filter_queryset(Case.objects.filter(parties.visible_row_by_row(self.user)))
        numbered = Document.objects.filter(number=words, case__in=cases).values("case")
        if "/" in words and (found := cases.filter(pk__in=numbered)).exists():
            return self._sort(found)
        own = self.user if parties.sees_own_cases_only(self.user) else None
        return best_first(cases, words, self.data, own=own)

    def _sort(self, cases: CaseQuerySet) -> Page[Case]:
        rows = Case.objects.as_rows().select_related("agenda")
        match self.form.cleaned_data.get("sort"):
            case "batas":
                return soonest_first(cases, self.data, field="due_at", rows=rows)
            case "lama":
                return oldest_first(cases, self.data, rows=rows)
        return newest_first(cases, self.data, rows=rows)

    def count(self, page: Page[Case]) -> str:
        """Return the number of cases in words, "lebih dari 1.000" above MAX_COUNTED.

        A page that holds them all costs no query. A search has no number: it finds similar words, too.
        """
        if not page.older and not page.newest:
            number = len(page.rows)
        elif self.form.cleaned_data.get("q"):
            return str(_("Yang paling cocok"))
        else:
            number = super().filter_queryset(self.queryset.order_by())[: MAX_COUNTED + 1].count()
        if number > MAX_COUNTED:
            return _("Lebih dari %(n)s permohonan") % {"n": number_format(MAX_COUNTED)}
        return ngettext("%(n)s permohonan", "%(n)s permohonan", number) % {"n": number_format(number)}

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
        narrowing = (value for name, value in self.form.cleaned_data.items() if name != "sort")
        return any(narrowing) or bool(self.form.errors)

    def get_query(self) -> str:
        """Return the valid filters and the order as a query string, without the words searched."""
        self.form.is_valid()  # fills cleaned_data
        kept = QueryDict(mutable=True)
        for name, value in self.form.cleaned_data.items():
            if name != "q" and value:
                kept[name] = "on" if value is True else str(value)
        return kept.urlencode()
