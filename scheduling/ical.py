"""The schedule as an entry for the calendar of a phone or computer (iCalendar, RFC 5545)."""

import datetime as dt

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
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Rembuk//Jadwal Konsultasi//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", f"{case.code}@rembuk")
    event.add("sequence", sum(earlier.pk < session.pk for earlier in case.sessions.all()))
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
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


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
