"""The calendar (Kalender): the sessions, absences and closed hours of one week, in lanes of people."""

from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.queries import of_few_visible_cases
from consultations.scheduling.filters import WEEK, CalendarFilter, Choices
from consultations.scheduling.models import Absence, Session
from consultations.scheduling.week import get_week
from kit import clock
from kit.clock import midnight
from office.lists import list_active_rooms
from office.models import Appointment, Role, User, list_current_appointments
from office.worktime import WorkingTime

MAX_SESSIONS = 200
MAX_ABSENCES = 200


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a week with the sessions of visible cases. A phone shows the chosen day."""
    user = cast(User, request.user)
    serving = _list_serving()
    narrowed = CalendarFilter(
        request.GET,
        Session.objects.filter(of_few_visible_cases(user)),
        user=user,
        choices=_get_choices(serving),
    )
    shown = narrowed.qs.select_related("case", "officer").defer("case__material")
    rows = list(shown.order_by("starts_at", "pk")[: MAX_SESSIONS + 1])
    monday = narrowed.monday
    week = get_week(
        monday,
        rows[:MAX_SESSIONS],
        _list_lanes(user, serving, narrowed),
        WorkingTime.load(),
        Absence.objects.between(midnight(monday), midnight(monday + WEEK)).select_related("person")[
            :MAX_ABSENCES
        ],
        chosen=narrowed.day,
    )
    view = narrowed.value("view") or "week"
    is_grid = view == "week" and week.is_grid
    return render(
        request,
        "scheduling/calendar.html",
        {
            "filter": narrowed,
            "week": week,
            "view": view,
            "is_grid": is_grid,
            "layout": "list" if view == "week" and not is_grid else view,
            "links": _get_links(request, narrowed),
            "has_more": len(rows) > MAX_SESSIONS,
            "has_sessions": bool(rows),
            "monday": monday,
            "last_day": week.days[-1].date,
        },
    )


def _list_serving() -> list[Appointment]:
    """Return who serves cases today, by division and name: heads of divisions and officers."""
    serving = (Role.DIVISION_HEAD, Role.OFFICER)
    held = [row for row in list_current_appointments() if row.position.role in serving]
    return sorted(held, key=lambda row: (row.position.role, row.user.name, row.pk))


def _get_choices(serving: list[Appointment]) -> Mapping[str, Choices]:
    divisions = {
        held.position.division.pk: str(held.position.division) for held in serving if held.position.division
    }
    return {
        "division": sorted(divisions.items(), key=lambda choice: choice[1]),
        "officer": sorted(
            {held.user.pk: str(held.user) for held in serving}.items(), key=lambda choice: choice[1]
        ),
        "room": [(room.pk, str(room)) for room in list_active_rooms()],
    }


def _list_lanes(user: User, serving: list[Appointment], narrowed: CalendarFilter) -> list[User]:
    """Return the people of the chosen officer or division, or else of the user's own division.

    Return no people if a room or the user's own sessions are shown. People with a session are added later.
    """
    if narrowed.value("room") or narrowed.value("mine"):
        return []
    if officer := narrowed.value("officer"):
        return [held.user for held in serving if str(held.user_id) == officer][:1]
    own = {str(held.position.division_id) for held in user.current_appointments if held.position.division_id}
    chosen = {narrowed.value("division")} if "division" in narrowed.data else own
    everybody = chosen <= {None}
    people = {
        held.user_id: held.user for held in serving if everybody or str(held.position.division_id) in chosen
    }
    return list(people.values())


def _get_links(request: HttpRequest, narrowed: CalendarFilter) -> dict[str, str]:
    """Return links to other weeks and views that keep the filters. A day is added to `day`."""

    def link(**changes: object) -> str:
        query = request.GET.copy()
        for name, value in changes.items():
            query[name] = str(value)
        return f"?{query.urlencode()}"

    kept = request.GET.copy()
    kept.pop("week", None)
    return {
        "previous": link(week=narrowed.day - WEEK),
        "today": link(week=clock.today()),
        "next": link(week=narrowed.day + WEEK),
        "by_day": link(view="day", week=narrowed.day),
        "by_week": link(view="week", week=narrowed.day),
        "as_list": link(view="list", week=narrowed.day),
        "day": f"?{kept.urlencode()}&week=" if kept else "?week=",
    }
