"""Sessions in other calendars: iCalendar files (RFC 5545) and feeds (langganan kalender)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from consultations.models import Case
from consultations.models.case import new_secret
from consultations.parties import get_office_wide_appointment
from consultations.queries import of_visible_case
from consultations.scheduling.models import CalendarFeed, Session
from kit import clock
from kit.encryption import hash_token
from office.models import Office, Room, User

PAST, AHEAD = dt.timedelta(days=30), dt.timedelta(days=366)
"""Time whose sessions a feed contains."""

MAX_SESSIONS = 500


def list_feed_rooms(by: User) -> QuerySet[Room]:
    """Return the rooms whose feeds `by` manages: all, for a position that sees the cases of all divisions."""
    rooms = Room.objects.filter(is_active=True)
    return rooms if get_office_wide_appointment(by) else rooms.none()


def create_feed(*, by: User, room: Room | None = None) -> str:
    """Create the feed of a room, or of `by`, and return its token. An older token stops working.

    Raise PermissionDenied if `by` may not manage the feeds of rooms, or holds no position.
    """
    token = new_secret()
    values = {"token_hash": hash_token(token), "created_by": by, "created_at": clock.now()}
    CalendarFeed.objects.update_or_create(defaults=values, **_get_holder(by, room))
    return token


def revoke_feed(*, by: User, room: Room | None = None) -> None:
    """Revoke the feed of a room, or of `by`. Raise PermissionDenied as `create_feed()` does."""
    CalendarFeed.objects.filter(**_get_holder(by, room)).delete()


def find_feed(token: str) -> CalendarFeed | None:
    """Return the feed of a token, unless its person holds no position or its room is not in use."""
    found = CalendarFeed.objects.filter(Q(user__in=User.objects.in_office()) | Q(room__is_active=True))
    return found.filter(token_hash=hash_token(token)).select_related("user", "room").first()


def list_feed_sessions(feed: CalendarFeed) -> QuerySet[Session]:
    """Return the sessions of a feed, the first MAX_SESSIONS from PAST ago until AHEAD.

    A person's feed has the sessions that the person holds or accompanies, of cases that the person may see
    now.
    """
    now = clock.now()
    found = Session.objects.filter(cancelled_at=None, starts_at__gte=now - PAST, starts_at__lt=now + AHEAD)
    if feed.user:
        own = Q(officer=feed.user) | Q(case__companions=feed.user)
        found = found.filter(of_visible_case(feed.user), own).distinct()
    else:
        found = found.filter(room=feed.room)
    return found.select_related("case").order_by("starts_at", "pk")[:MAX_SESSIONS]


def _get_holder(by: User, room: Room | None) -> dict[str, Any]:
    allowed = list_feed_rooms(by).filter(pk=room.pk).exists() if room else bool(by.current_appointments)
    if not allowed:
        raise PermissionDenied
    return {"room": room} if room else {"user": by}


CONTENT_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
REMINDER = dt.timedelta(days=-1)


def render_ical(case: Case, session: Session, *, office: Office) -> bytes:
    """Return an .ics file with the planned `session` of a case.

    It contains the tracking code and the office, but not the matter. All sessions of a case share a UID, and
    a later one has a higher SEQUENCE, so that a calendar replaces the earlier entry.
    """
    calendar, event = _create_calendar(), _create_event(case, session, office)
    event.add("uid", f"{case.code}@rembuk")
    event.add("sequence", sum(earlier.pk < session.pk for earlier in case.sessions.all()))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event["summary"])
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def render_reminders(case: Case, days: Iterable[tuple[dt.date, str]], *, office: Office) -> bytes:
    """Return an .ics file with whole days, each with its title, and an alarm the day before.

    It contains the tracking code and the office, but not the matter. A day with the same title replaces the
    earlier entry.
    """
    calendar = _create_calendar()
    for day, title in days:
        event, alarm = Event(), Alarm()
        summary = f"{title}, {case.code}"
        event.add("uid", f"{uuid5(NAMESPACE_URL, summary)}@rembuk")
        event.add("summary", summary)
        event.add("dtstamp", clock.now().astimezone(dt.UTC))
        event.add("dtstart", day)
        lines = [office.name, office.phone and _("Telepon kantor: %(phone)s") % {"phone": office.phone}]
        event.add("description", "\n".join(filter(None, lines)))
        event.add("transp", "TRANSPARENT")
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", REMINDER)
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def render_feed(name: str, sessions: Iterable[Session], *, office: Office) -> bytes:
    """Return the .ics file of a feed with its name. It names no applicant and no matter.

    Each session has a UID of its own: a calendar program replaces the whole feed.
    """
    calendar = _create_calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
    for session in sessions:
        event = _create_event(session.case, session, office)
        event.add("uid", f"{session.case.code}-{session.pk}@rembuk")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _create_calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Rembuk//Jadwal Konsultasi//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    return calendar


def _create_event(case: Case, session: Session, office: Office) -> Event:
    event = Event()
    event.add("dtstamp", clock.now().astimezone(dt.UTC))
    for name, moment in (("dtstart", session.starts_at), ("dtend", session.ends_at)):
        if moment:
            event.add(name, moment.astimezone(dt.UTC))
    title = _("Konsultasi %(office)s, %(code)s") % {"office": office.name, "code": case.code}
    event.add("summary", title)
    event.add("location", _get_location(session, office))
    event.add("description", _get_description(case, session, office))
    if session.link:
        event.add("url", session.link)
    event.add("status", "CONFIRMED")
    return event


def _get_location(session: Session, office: Office) -> str:
    if session.is_at_office:
        return ", ".join(filter(None, [session.place, office.address]))
    return session.link or session.place or session.get_mode_display()


def _get_description(case: Case, session: Session, office: Office) -> str:
    lines = [_("Kode lacak: %(code)s") % {"code": case.code}]
    if session.link:
        lines.append(_("Tautan rapat: %(link)s") % {"link": session.link})
    if office.phone:
        lines.append(_("Telepon kantor: %(phone)s") % {"phone": office.phone})
    return "\n".join(lines)
