"""The calendar (Kalender): one week in lanes of people; feeds, and the iCalendar file of one case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import django_filters
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case
from consultations.parties import sees_own_cases_only
from consultations.queries import get_visible_case, of_few_visible_cases
from consultations.scheduling.feeds import (
    CONTENT_TYPE,
    create_feed,
    find_feed,
    list_feed_rooms,
    list_feed_sessions,
    render_feed,
    render_ical,
    revoke_feed,
)
from consultations.scheduling.models import Absence, CalendarFeed, Session, Slot
from consultations.scheduling.queries import upcoming_session
from consultations.scheduling.week import Taken, get_week
from consultations.secret_link import behind_secret, get_reader
from kit import clock
from kit.clock import midnight
from kit.filters import FilterBar
from kit.limits import Use, consume
from kit.pagination import link, parse_key
from kit.urls import get_public_url
from office.models import Appointment, Office, Role, User, list_current_appointments
from office.rights import StaffRequest
from office.words import with_words_lazy, word
from office.worktime import WorkingTime

WEEK = dt.timedelta(days=7)
YEARS = range(2000, 2100)

type Choices = Sequence[tuple[int, str]]


class CalendarFilter(FilterBar):
    """Sessions of the week around a day (`?week=2026-11-24`), which is the day that a phone shows.

    Without a valid day from 2000 to 2099, today is chosen. `choices` are those of each filter by name, which
    the view has read already. A filter without choices is left out.
    """

    division = django_filters.ChoiceFilter(
        field_name="case__division",
        label=word("division_name"),
        empty_label=with_words_lazy(_("Semua %(division)s")),
    )
    officer = django_filters.ChoiceFilter(label=_("Petugas"), empty_label=_("Semua petugas"))
    room = django_filters.ChoiceFilter(label=_("Ruang"), empty_label=_("Semua ruang"))
    mine = django_filters.BooleanFilter(
        label=_("Hanya jadwal saya"), method="of_user", widget=forms.CheckboxInput
    )
    week = django_filters.DateFilter(method="unchanged", widget=forms.HiddenInput)
    view = django_filters.ChoiceFilter(
        choices=[("day", _("Hari")), ("week", _("Minggu")), ("list", _("Daftar"))],
        method="unchanged",
        widget=forms.HiddenInput,
    )

    def __init__(
        self, data: Any, queryset: QuerySet[Session], *, user: User, choices: Mapping[str, Choices]
    ) -> None:
        super().__init__(data, queryset)
        self.user = user
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options
            if not options:
                del self.filters[name]

    @property
    def is_narrowed(self) -> bool:
        return any(self.value(field.name) for field in self.bar)

    @property
    def day(self) -> dt.date:
        day: dt.date | None = self.value("week")
        return day if day and day.year in YEARS else get_first_day()

    @property
    def monday(self) -> dt.date:
        return self.day - dt.timedelta(days=self.day.weekday())

    def value(self, name: str) -> Any:
        """Return the valid value of a filter, or None."""
        return self.form.cleaned_data.get(name) or None

    def filter_queryset(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        """Return the sessions of the week. An invalid value filters nothing."""
        begin, end = midnight(self.monday), midnight(self.monday + WEEK)
        planned = Q(starts_at__gte=begin, starts_at__lt=end)
        walked_in = Q(starts_at=None, started_at__gte=begin, started_at__lt=end)
        sessions = queryset.filter(planned | walked_in, cancelled_at=None).exclude(mode=Session.Mode.WRITTEN)
        for name, found in self.filters.items():
            if self.value(name) is not None:
                sessions = found.filter(sessions, self.value(name))
        return sessions

    def of_user(self, queryset: QuerySet[Session], name: str, value: bool) -> QuerySet[Session]:
        """Return the sessions that the user holds or accompanies."""
        if not value:
            return queryset
        own = Slot.objects.filter(user=self.user, day__gte=self.monday, day__lt=self.monday + WEEK)
        return queryset.filter(Q(officer=self.user) | Q(pk__in=own.values("session")))

    def unchanged(self, queryset: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        return queryset


def get_first_day() -> dt.date:
    """Return today, or the next Monday if the office does not open again this week."""
    today, working = clock.today(), WorkingTime.load()
    rest = [today + dt.timedelta(days=n) for n in range(7 - today.weekday())]
    is_over = bool(working.hours) and not any(working.is_open(day) for day in rest)
    return rest[-1] + dt.timedelta(days=1) if is_over else today


MAX_SESSIONS = 200
MAX_ABSENCES = 200
MAX_SLOTS = 2_000
NARROWING = ("division", "officer", "room", "mine")
"""Filters that choose whose sessions are shown."""


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a week with the sessions of visible cases, and the time that others take. A phone shows one day.

    An officer sees the own week at first.
    """
    user = cast(User, request.user)
    serving = _list_serving()
    choices = _get_choices(user, serving)
    data = request.GET.copy()
    if sees_own_cases_only(user) and not any(name in data for name in NARROWING):
        data["mine"] = "on"
    narrowed = CalendarFilter(
        data, Session.objects.filter(of_few_visible_cases(user)), user=user, choices=choices
    )
    shown = narrowed.qs.select_related("case", "officer").defer("case__material")
    rows = list(shown.order_by("starts_at", "pk")[: MAX_SESSIONS + 1])
    monday = narrowed.monday
    is_own = bool(narrowed.value("mine"))
    room = None if is_own else narrowed.value("room")
    people = _list_lanes(user, serving, narrowed)
    holders = {person.pk for person in people} | {one.officer_id for one in rows if not is_own}
    taken = _list_taken(monday, holders, room)
    week = get_week(
        monday,
        rows[:MAX_SESSIONS],
        people,
        WorkingTime.load(),
        Absence.objects.between(midnight(monday), midnight(monday + WEEK)).select_related("person")[
            :MAX_ABSENCES
        ],
        taken[:MAX_SLOTS],
        chosen=narrowed.day,
        divisions={key: name for key, name in choices["division"] if _fits(key, narrowed)},
        homes={held.user_id: held.position.division_id or 0 for held in serving},
        only_lane=str(user) if is_own else dict(choices["room"]).get(int(room or 0), ""),
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
            "has_more": len(rows) > MAX_SESSIONS or len(taken) > MAX_SLOTS,
            "has_sessions": bool(rows or taken),
            "whose": _list_whose(request, user, narrowed),
            "monday": monday,
            "last_day": week.days[-1].date,
        },
    )


def _list_whose(request: HttpRequest, user: User, narrowed: CalendarFilter) -> list[tuple[str, str, bool]]:
    """Return name, link and whether it is shown, of an officer's own week and of those of the divisions."""
    if not sees_own_cases_only(user):
        return []
    others = request.GET.copy()
    for name in NARROWING:
        others.pop(name, None)
    divisions = {held.position.division for held in user.current_appointments if held.position.division}
    return [
        (gettext("Jadwal saya"), link(others, mine="on"), bool(narrowed.value("mine"))),
        *(
            (str(one), link(others, division=one.pk), narrowed.value("division") == str(one.pk))
            for one in sorted(divisions, key=str)
        ),
    ]


def _list_taken(monday: dt.date, people: set[int], room: str | None) -> list[Taken]:
    """Return the reserved half hours of a week: of the chosen room, or else of the people."""
    slots = Slot.objects.filter(Q(room=room) if room else Q(user__in=people))
    week = slots.filter(day__gte=monday, day__lt=monday + WEEK).order_by("day", "half_hour")
    numbers = week.values_list("session", "user", "day", "half_hour")[: MAX_SLOTS + 1]
    return [Taken(*row) for row in numbers]


def _fits(division: int, narrowed: CalendarFilter) -> bool:
    """Return whether a division is the chosen one, or none is chosen."""
    return narrowed.value("division") in (None, str(division))


def _list_serving() -> list[Appointment]:
    serving = (Role.DIVISION_HEAD, Role.OFFICER)
    held = [row for row in list_current_appointments() if row.position.role in serving]
    return sorted(held, key=lambda row: (row.position.role, row.user.name, row.pk))


def _get_choices(user: User, serving: list[Appointment]) -> Mapping[str, Choices]:
    """Return the divisions, officers and rooms of the filters.

    The week of a room also has the times of sessions that the reader may not see, so it would tell others
    where these are held.
    """
    divisions = {
        held.position.division.pk: str(held.position.division) for held in serving if held.position.division
    }
    return {
        "division": sorted(divisions.items(), key=lambda choice: choice[1]),
        "officer": sorted(
            {held.user.pk: str(held.user) for held in serving}.items(), key=lambda choice: choice[1]
        ),
        "room": [(room.pk, str(room)) for room in list_feed_rooms(user)],
    }


def _list_lanes(user: User, serving: list[Appointment], narrowed: CalendarFilter) -> list[User]:
    """Return the people of the chosen officer or division, or else of the user's own division.

    Return the user for the own sessions, and no people for a room. People with a session are added later.
    """
    if narrowed.value("mine"):
        return [user]
    if narrowed.value("room"):
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
    kept = request.GET.copy()
    kept.pop("week", None)
    return {
        "previous": link(request.GET, week=narrowed.day - WEEK),
        "today": link(request.GET, week=clock.today()),
        "next": link(request.GET, week=narrowed.day + WEEK),
        "by_day": link(request.GET, view="day", week=narrowed.day),
        "by_week": link(request.GET, view="week", week=narrowed.day),
        "as_list": link(request.GET, view="list", week=narrowed.day),
        "day": f"?{kept.urlencode()}&week=" if kept else "?week=",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: StaffRequest) -> HttpResponse:
    """Show the feeds that the user manages. Create, replace or revoke one of them.

    A new address is shown in the answer and never again: only its hash is stored.
    """
    user = request.user
    rooms = list(list_feed_rooms(user))
    address, room = "", None
    if request.method == "POST":
        if key := request.POST.get("room"):
            room = get_object_or_404(list_feed_rooms(user), pk=parse_key(key))
        if "revoke" in request.POST:
            revoke_feed(by=user, room=room)
        else:
            address = get_public_url("calendar_feed", create_feed(by=user, room=room))
    created = dict(CalendarFeed.objects.filter(room__in=rooms).values_list("room", "created_at"))
    own = CalendarFeed.objects.filter(user=user).first()
    rows = [(None, own.created_at if own else None), *((r, created.get(r.pk)) for r in rooms)]
    return render(request, "scheduling/feeds.html", {"rows": rows, "address": address, "shown_room": room})


@login_not_required
@cache_control(private=True, max_age=300)
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return a feed. Answer 404 if the token is unknown or revoked, and 429 above the rate limit."""
    if not consume(request, Use("calendar_feed", token)):
        return HttpResponse(_("Terlalu sering. Coba lagi nanti."), status=HTTPStatus.TOO_MANY_REQUESTS)
    found = find_feed(token)
    if found is None:
        raise Http404
    office = Office.load()
    content = render_feed(f"{found.holder}, {office.name}", list_feed_sessions(found), office=office)
    response = HttpResponse(content, CONTENT_TYPE)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@behind_secret(opens_by_code=True)
def applicant_calendar_file(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the file of `p/<secret>/jadwal.ics`. Answer 404 if no consultation is ahead."""
    return _respond(case, by=get_reader(request, case))


@never_cache
@require_safe
def case_calendar_file(request: StaffRequest, code: str) -> HttpResponse:
    """Return the file of `permohonan/<code>/jadwal.ics`.

    Answer 404 if the case is not visible or no consultation is ahead.
    """
    return _respond(get_visible_case(request.user, code), by=request.user)


def _respond(case: Case, *, by: User | None) -> HttpResponse:
    session = upcoming_session(case)
    if session is None:
        raise Http404
    record(Act.DOCUMENT, by=by, case=case, target="jadwal.ics")
    content = render_ical(case, session, office=Office.load())
    name = f'attachment; filename="jadwal-{case.code}.ics"'
    return HttpResponse(content, CONTENT_TYPE, headers={"Content-Disposition": name})
