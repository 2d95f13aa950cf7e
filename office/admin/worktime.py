"""Admin pages of opening hours, seasons and closed days."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from kit import clock
from office.admin.permissions import OfficeDataAdmin, OfficeDataInline
from office.admin_site import Section
from office.models import ClosedDay, OpeningHours, Season
from office.signals import working_time_edited
from office.worktime import WorkingTime, get_national_holidays


class WorkingTimeAdmin(OfficeDataAdmin):
    """Admin pages of working time. After a change they show what other apps warn of."""

    section = Section.TIME

    def save_related(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().save_related(request, *args, **kwargs)
        self._warn(request)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        self._warn(request)

    def _warn(self, request: HttpRequest) -> None:
        for _receiver, warning in working_time_edited.send(self.model):
            if warning:
                messages.warning(request, warning)


@admin.register(OpeningHours)
class OpeningHoursAdmin(WorkingTimeAdmin):
    """Ordinary opening hours. The page of a season has its own."""

    list_display = ["weekday", "opens", "break_starts", "break_ends", "closes"]
    exclude = ["season"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningHours]:
        return super().get_queryset(request).filter(season=None)


class SeasonHoursInline(OfficeDataInline):
    """Opening hours of a season, on the page of the season."""

    model = OpeningHours
    extra = 5
    max_num = 7


@admin.register(Season)
class SeasonAdmin(WorkingTimeAdmin):
    list_display = ["name", "since", "until"]
    inlines = [SeasonHoursInline]


@admin.register(ClosedDay)
class ClosedDayAdmin(WorkingTimeAdmin):
    """Days on which the office differs from the law. The list shows the holidays of the law below."""

    list_display = ["day", "reason", "is_open"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "holidays": _list_holidays()})


def _list_holidays() -> list[tuple[dt.date, str, bool]]:
    """Return day, name and whether the office works, of the coming holidays of this year and the next."""
    today, working_time = clock.today(), WorkingTime.load()
    holidays = get_national_holidays(today.year) | get_national_holidays(today.year + 1)
    return [(day, name, working_time.is_open(day)) for day, name in sorted(holidays.items()) if day >= today]
