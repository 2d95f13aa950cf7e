"""Admin pages of opening hours, seasons and closed days."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from office.models import ClosedDay, OpeningHours, Season
from office.signals import working_time_edited

from .permissions import OfficeDataAdmin, OfficeDataInline


class WorkingTimeAdmin(OfficeDataAdmin):
    """Admin pages of working time. After a change they show what other apps warn of."""

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
    list_display = ["day", "reason", "is_open"]
