"""The user's schedule of today as a timeline: past sessions, the present moment, later sessions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.urgency import in_words
from office import clock
from scheduling.models import Session

FREE_FROM = dt.timedelta(minutes=30)
"""Shortest free time that the timeline shows."""


@dataclass(frozen=True)
class Entry:
    """One line: a session, the present moment (`is_now`), or free time in words."""

    at: dt.datetime
    session: Session | None = None
    is_now: bool = False
    free: str = ""


def list_day(sessions: Sequence[Session]) -> list[Entry]:
    """Return the timeline of today's sessions, empty without any. `sessions` are ordered by start."""
    now = clock.now()
    planned = [(session.starts_at, session) for session in sessions if session.starts_at]
    today = [(at, session) for at, session in planned if timezone.localdate(at) == clock.today()]
    if not today:
        return []
    entries, free_from, is_ahead = [], now, False
    for at, session in today:
        if at > now and not is_ahead:
            entries.append(Entry(now, is_now=True))
            is_ahead = True
        if is_ahead and at - free_from >= FREE_FROM:
            words = _("%(time)s kosong") % {"time": in_words(at - free_from)}
            entries.append(Entry(free_from, free=words))
        entries.append(Entry(at, session))
        free_from = max(free_from, session.ends_at or now)
    return entries if is_ahead else [*entries, Entry(now, is_now=True)]
