"""The calendar (Kalender): the sessions of one week, day by day."""

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
from scheduling.filters import WEEK, CalendarFilter
from scheduling.models import Session
from scheduling.queries import ROW_FIELDS

MAX_SESSIONS = 100


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a week of sessions of visible cases."""
    user = cast(User, request.user)
    narrowed = CalendarFilter(request.GET, Session.objects.filter(of_visible_case(user)), user=user)
    rows = list(only(narrowed.qs, ROW_FIELDS).order_by("starts_at", "pk")[: MAX_SESSIONS + 1])
    monday = narrowed.monday
    return render(
        request,
        "scheduling/calendar.html",
        {
            "days": [(day, list(sessions)) for day, sessions in groupby(rows[:MAX_SESSIONS], key=_day)],
            "has_more": len(rows) > MAX_SESSIONS,
            "mine": narrowed.mine_only,
            "today": clock.today(),
            "monday": monday,
            "sunday": monday + WEEK - dt.timedelta(days=1),
            "previous": monday - WEEK,
            "next": monday + WEEK,
        },
    )


def _day(session: Session) -> dt.date:
    return timezone.localdate(session.starts_at)
