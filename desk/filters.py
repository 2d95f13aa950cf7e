"""Filters of the list of cases and of the agenda book."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import Channel, Kind, State
from consultations.models.case import CaseQuerySet
from consultations.queries import waiting_for
from office import clock
from office.clock import midnight
from office.models import Division

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(9998, 12, 31)
"""Range of days that every database can convert to any time zone."""


def _date_field() -> dict[str, Any]:
    return {"widget": forms.DateInput(attrs={"type": "date"}), "method": "submitted"}


def _box(label: Any, method: str) -> django_filters.BooleanFilter:
    return django_filters.BooleanFilter(label=label, method=method, widget=forms.CheckboxInput)


class CaseFilter(django_filters.FilterSet):
    """Filters and search of the list of cases. An invalid value filters nothing and shows an error."""

    q = django_filters.CharFilter(
        label=_("Cari"),
        help_text=_("Nama, perihal, kode lacak, nomor agenda (49/2026), telepon, surat, atau LAPOR!"),
        method="search",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(label=_("Status"), choices=State.choices, empty_label=_("Semua"))
    kind = django_filters.ChoiceFilter(label=_("Jenis"), choices=Kind.choices, empty_label=_("Semua"))
    channel = django_filters.ChoiceFilter(
        label=_("Cara masuk"), choices=Channel.choices, empty_label=_("Semua")
    )
    division = django_filters.ModelChoiceFilter(
        label=_("Bidang"), queryset=Division.objects.all(), empty_label=_("Semua")
    )
    date_from = django_filters.DateFilter(label=_("Masuk sejak"), **_date_field())
    date_to = django_filters.DateFilter(label=_("Masuk sampai"), **_date_field())
    turn = _box(_("Giliran saya"), "only_my_turn")
    late = _box(_("Lewat batas waktu"), "only_late")

    def search(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return cases.search(value)

    def submitted(self, cases: CaseQuerySet, name: str, value: dt.date) -> CaseQuerySet:
        day = min(max(value, FIRST_DAY), LAST_DAY)
        if name == "date_from":
            return cases.filter(submitted_at__gte=midnight(day))
        return cases.filter(submitted_at__lt=midnight(day + dt.timedelta(days=1)))

    def only_late(self, cases: CaseQuerySet, name: str, value: bool | None) -> CaseQuerySet:
        return cases.open().filter(due_at__lt=clock.now()) if value else cases

    def only_my_turn(self, cases: CaseQuerySet, name: str, value: bool | None) -> CaseQuerySet:
        return waiting_for(self.request.user, cases) if value else cases

    @property
    def bar(self) -> Iterator[tuple[forms.BoundField, list[tuple[str, Any, bool]]]]:
        """The fields, each with what can be chosen in it: value, label and whether it is chosen."""
        for field in self.form:
            chosen, choices = field.value(), getattr(field.field, "choices", ())
            yield field, [(str(value), label, str(value) == chosen) for value, label in choices]

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set, so that an empty list can say what to do."""
        return any(self.form.cleaned_data.values()) or bool(self.form.errors)
