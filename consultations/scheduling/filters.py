"""The filters of the calendar: week, division, officer, room, and only the user's own sessions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.scheduling.models import Session, Slot
from kit import clock
from kit.clock import midnight
from kit.filters import FilterBar
from office.models import User
from office.words import with_words_lazy, word

WEEK = dt.timedelta(days=7)
YEARS = range(2000, 2100)

type Choices = Sequence[tuple[int, str]]


class CalendarFilter(FilterBar):
    """Sessions of the week around a day (`?week=2026-11-24`), which is the day that a phone shows.

    Without a valid day from 2000 to 2099, today is chosen. `choices` are those of each filter by name, which
    the view has read already.
    """

    division = django_filters.ChoiceFilter(
        field_name="case__division",
        label=word("division_name"),
        empty_label=with_words_lazy(_("Semua %(division)s")),
    )
    officer = django_filters.ChoiceFilter(label=_("Petugas"), empty_label=_("Semua petugas"))
    room = django_filters.ChoiceFilter(label=_("Ruang"), empty_label=_("Semua ruang"))
    mine = django_filters.BooleanFilter(
        label=_("Hanya jadwal saya"), method="of_user", widget=forms.CheckboxInput
    )
    week = django_filters.DateFilter(method="unchanged", widget=forms.HiddenInput)
    view = django_filters.ChoiceFilter(
        choices=[("day", _("Hari")), ("week", _("Minggu")), ("list", _("Daftar"))],
        method="unchanged",
        widget=forms.HiddenInput,
    )

    def __init__(
        self, data: Any, queryset: QuerySet[Session], *, user: User, choices: Mapping[str, Choices]
    ) -> None:
        super().__init__(data, queryset)
        self.user = user
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options

    @property
    def is_narrowed(self) -> bool:
        """Whether a visible filter has a value."""
        return any(self.value(field.name) for field in self.bar)

    @property
    def day(self) -> dt.date:
        """The chosen day."""
        day: dt.date | None = self.value("week")
        return day if day and day.year in YEARS else clock.today()

    @property
    def monday(self) -> dt.date:
        return self.day - dt.timedelta(days=self.day.weekday())

    def value(self, name: str) -> Any:
        """Return the valid value of a filter, or None."""
        return None if name in self.form.errors else self.form.cleaned_data[name] or None

    def filter_queryset(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        """Return the sessions of the week. An invalid value filters nothing."""
        begin, end = midnight(self.monday), midnight(self.monday + WEEK)
        planned = Q(starts_at__gte=begin, starts_at__lt=end)
        walked_in = Q(starts_at=None, started_at__gte=begin, started_at__lt=end)
        sessions = queryset.filter(planned | walked_in, cancelled_at=None).exclude(mode=Session.Mode.WRITTEN)
        for name, found in self.filters.items():
            if self.value(name) is not None:
                sessions = found.filter(sessions, self.value(name))
        return sessions

    def of_user(self, queryset: QuerySet[Session], name: str, value: bool) -> QuerySet[Session]:
        """Return the sessions that the user holds or accompanies."""
        if not value:
            return queryset
        own = Slot.objects.filter(user=self.user, day__gte=self.monday, day__lt=self.monday + WEEK)
        return queryset.filter(Q(officer=self.user) | Q(pk__in=own.values("session")))

    def unchanged(self, queryset: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        return queryset
