"""The filters of the calendar: one week, and only the user's own sessions."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from office import clock
from office.clock import midnight
from office.models import User
from scheduling.models import Session, Slot

WEEK = dt.timedelta(days=7)
YEARS = range(2000, 2100)


class CalendarFilter(django_filters.FilterSet):
    """Planned sessions of the week around a day (`?week=2026-11-24`), or only the user's (`?mine=1`).

    Without a valid day of this century it is the present week.
    """

    week = django_filters.DateFilter()
    mine = django_filters.BooleanFilter(widget=forms.TextInput)

    def __init__(self, data: Any, queryset: QuerySet[Session], *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user

    @property
    def mine_only(self) -> bool:
        """Whether only the sessions that the user holds or accompanies are shown."""
        return bool(self._get("mine"))

    @property
    def monday(self) -> dt.date:
        day = self._get("week")
        if day is None or day.year not in YEARS:
            day = clock.today()
        return day - dt.timedelta(days=day.weekday())

    def filter_queryset(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        first, end = self.monday, self.monday + WEEK
        sessions = queryset.filter(
            starts_at__gte=midnight(first), starts_at__lt=midnight(end), cancelled_at=None
        )
        if self.mine_only:
            own = Slot.objects.filter(user=self.user, day__gte=first, day__lt=end)
            sessions = sessions.filter(pk__in=own.values("session"))
        return sessions

    def _get(self, name: str) -> Any:
        """Return the valid value of a parameter, or None."""
        return None if name in self.form.errors else self.form.cleaned_data[name]
