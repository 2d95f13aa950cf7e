"""Admin pages of opening hours, seasons and closed days."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from office.models import ClosedDay, OpeningHours, Season

from .permissions import OfficeDataAdmin, OfficeDataInline


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfficeDataAdmin):
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
class SeasonAdmin(OfficeDataAdmin):
    list_display = ["name", "since", "until"]
    inlines = [SeasonHoursInline]


@admin.register(ClosedDay)
class ClosedDayAdmin(OfficeDataAdmin):
    list_display = ["day", "reason", "is_open"]
