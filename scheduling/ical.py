"""The schedule as an entry for the calendar of a phone or computer (iCalendar, RFC 5545)."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from consultations.models import Case
from office import clock
from office.models import Office
from scheduling.models import Session

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
