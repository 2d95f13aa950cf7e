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
from office.clock import midnight
from office.models import User
from scheduling.models import Session, Slot

CASE = ("case__code", "case__subject", "case__applicant_name")
SESSION_SHOWN = (
    *(*CASE, "starts_at", "ends_at", "finished_at", "mode", "place", "link"),
    *("officer__name", "officer__username"),
)
"""What a list of sessions shows of each."""

WEEK = dt.timedelta(days=7)
MOST_SHOWN = 100
YEARS = range(2000, 2100)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A week of sessions of visible cases, or only those that the user holds or accompanies (`?mine=1`)."""
    user, monday = cast(User, request.user), _monday(request.GET.get("week", ""))
    mine = request.GET.get("mine") == "1"
    planned = Session.objects.filter(
        of_visible_case(user),
        starts_at__gte=midnight(monday),
        starts_at__lt=midnight(monday + WEEK),
        cancelled_at=None,
    )
    if mine:
        own = Slot.objects.filter(user=user, day__gte=monday, day__lt=monday + WEEK)
        planned = planned.filter(pk__in=own.values("session"))
    rows = list(only(planned, SESSION_SHOWN).order_by("starts_at", "pk")[: MOST_SHOWN + 1])
    return render(
        request,
        "scheduling/calendar.html",
        {
            "days": [(day, list(sessions)) for day, sessions in groupby(rows[:MOST_SHOWN], key=_day)],
            "has_more": len(rows) > MOST_SHOWN,
            "mine": mine,
            "today": clock.today(),
            "monday": monday,
            "sunday": monday + WEEK - dt.timedelta(days=1),
            "previous": monday - WEEK,
            "next": monday + WEEK,
        },
    )


def _monday(text: str) -> dt.date:
    """The Monday of the week of an ISO date; of this week where the text is none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    if day.year not in YEARS:
        day = clock.today()
    return day - dt.timedelta(days=day.weekday())


def _day(session: Session) -> dt.date:
    return timezone.localdate(session.starts_at)
