"""The filter of the recommendations, and the form for the period of the statistics."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min, QuerySet, TextChoices
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
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


class PeriodField(forms.Field):
    """The key of a period that has begun, e.g. `2026-Q4`. Its value is a `Period`."""

    def to_python(self, value: Any) -> Period:
        if period := Period.of(value or ""):
            return period
        raise ValidationError(_("Periode ini tidak ada."))


class StatisticsForm(forms.Form):
    """The period of the statistics (`?periode=`), by default the last twelve months.

    It is invalid for an unknown period and for one before the first event.
    """

    periode = PeriodField()

    def __init__(self, params: QueryDict) -> None:
        super().__init__({"periode": LAST_TWELVE_MONTHS, **params.dict()})

    @cached_property
    def first_day(self) -> dt.date:
        """Day of the first event, or today if there is none."""
        first = Event.objects.aggregate(first=Min("happened_at"))["first"]
        return timezone.localdate(first) if first else clock.today()

    def clean_periode(self) -> Period:
        if self.period.until < self.first_day:
            raise ValidationError(_("Periode ini tidak ada."))
        return self.period

    @property
    def period(self) -> Period:
        return self.cleaned_data["periode"]

    @property
    def choices(self) -> list[list[Period]]:
        """Rows of periods to choose from: years, then quarters and months of the chosen year."""
        years, *parts = list_periods(self.period.year, self.first_day)
        twelve_months = Period.of(LAST_TWELVE_MONTHS)
        return [[*([twelve_months] if twelve_months else []), *years], *parts]
