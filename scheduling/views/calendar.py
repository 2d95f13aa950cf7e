"""The calendar (Kalender): the sessions and holidays of one week, day by day."""

import datetime as dt
from itertools import groupby
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations.pagination import only
from consultations.queries import of_visible_case
from office import clock
from office.models import User
from office.worktime import WorkingTime
from scheduling.filters import WEEK, CalendarFilter
from scheduling.models import Session
from scheduling.queries import ROW_FIELDS

MAX_SESSIONS = 100


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a week with its holidays and the sessions of visible cases."""
    user = cast(User, request.user)
    narrowed = CalendarFilter(request.GET, Session.objects.filter(of_visible_case(user)), user=user)
    rows = list(only(narrowed.qs, ROW_FIELDS).order_by("starts_at", "pk")[: MAX_SESSIONS + 1])
    monday = narrowed.monday
    sessions = {day: list(planned) for day, planned in groupby(rows[:MAX_SESSIONS], key=_day)}
    holidays = _list_holidays(monday)
    return render(
        request,
        "scheduling/calendar.html",
        {
            "days": [
                (day, holidays.get(day), sessions.get(day, ())) for day in sorted({*sessions, *holidays})
            ],
            "has_more": len(rows) > MAX_SESSIONS,
            "mine": narrowed.mine_only,
            "today": clock.today(),
            "monday": monday,
            "sunday": monday + WEEK - dt.timedelta(days=1),
            "previous": monday - WEEK,
            "next": monday + WEEK,
        },
    )


def _list_holidays(monday: dt.date) -> dict[dt.date, str]:
    """Return the names of the holidays of a week."""
    working, week = WorkingTime.load(), [monday + dt.timedelta(days=n) for n in range(WEEK.days)]
    return {day: name for day in week if (name := working.get_holiday(day)) is not None}


def _day(session: Session) -> dt.date:
    return timezone.localdate(session.starts_at)
