"""The filter of the recommendations, and the period of the statistics."""

import datetime as dt
from dataclasses import dataclass

import django_filters
from django.db.models import Min, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from kit import clock
from kit.periods import LAST_TWELVE_MONTHS, Period, list_periods
from reports.models import FollowUp


class FollowUpFilter(django_filters.FilterSet):
    """Filter follow-ups by progress (`?show=`). Without a valid choice the open ones are listed."""

    class Choice(TextChoices):
        OPEN = "open", _("Belum selesai")
        LATE = "late", _("Lewat batas waktu")
        DONE = "done", _("Selesai")

    show = django_filters.ChoiceFilter(choices=Choice.choices)

    @property
    def choice(self) -> Choice:
        return self.Choice((self.is_valid() and self.form.cleaned_data["show"]) or self.Choice.OPEN)

    def filter_queryset(self, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        if self.choice == self.Choice.DONE:
            return queryset.filter(done_at__isnull=False)
        open_ones = queryset.filter(done_at=None)
        return open_ones.filter(due__lt=clock.today()) if self.choice == self.Choice.LATE else open_ones


@dataclass(frozen=True)
class PeriodChoice:
    """The period of the statistics, and the day of the first event (today if there is none)."""

    period: Period
    first_day: dt.date

    @classmethod
    def of(cls, key: str | None) -> "PeriodChoice | None":
        """Return the choice of a period such as `2026-Q4`, by default the last twelve months.

        Return None for an unknown period and for one before the first event.
        """
        first = Event.objects.aggregate(first=Min("happened_at"))["first"]
        first_day = timezone.localdate(first) if first else clock.today()
        period = Period.of(LAST_TWELVE_MONTHS if key is None else key)
        return cls(period, first_day) if period and period.until >= first_day else None

    @property
    def choices(self) -> list[list[Period]]:
        """Rows of periods to choose from: years, then quarters and months of the chosen year."""
        years, *parts = list_periods(self.period.year, self.first_day)
        twelve_months = Period.of(LAST_TWELVE_MONTHS)
        return [[*([twelve_months] if twelve_months else []), *years], *parts]
