"""Sections of the desk: how urgent a case is for the user who has the turn, and its distance in words."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.deadlines import END_OF_DAY
from consultations.enums import State, Urgency
from consultations.models import Case
from privacy.rights import get_deletion_due

SESSION_SOON = dt.timedelta(minutes=30)
"""A session is urgent from this long before its planned start until this long after it."""

MARKED_SOON = dt.timedelta(hours=2)
"""A case marked Segera or Sangat Segera is urgent from this long before its deadline."""

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


class Section(TextChoices):
    """Section of the desk, in the order of the page."""

    URGENT = "urgent", gettext_lazy("Mendesak sekarang")
    LATE = "late", gettext_lazy("Terlambat")
    TODAY = "today", gettext_lazy("Hari ini")
    NEXT = "next", gettext_lazy("Berikutnya")

    @property
    def tone(self) -> str:
        """Value of `data-urgency` in the style sheet."""
        return "now" if self is Section.URGENT else str(self)

    @property
    def icon(self) -> str:
        return {"urgent": "bolt", "late": "alert", "today": "clock", "next": "calendar"}[self]


class Words(NamedTuple):
    """The distance of a case in words (`due`), and the moment that it counts from (`detail`)."""

    due: str
    detail: str


@dataclass(frozen=True)
class Place:
    """The section of a case. Rows of a section are sorted by `at`, the earliest first.

    `words` is a function because 100 cases are sorted and only 25 of them shown.
    """

    section: Section
    at: dt.datetime
    words: Callable[[], Words]


def get_place(case: Case, now: dt.datetime) -> Place:
    """Return the place of a case on the desk of the user who has the turn."""
    zone = timezone.get_current_timezone()
    since, due, today = timezone.localtime(case.since, zone), get_due(case), timezone.localdate(now, zone)
    if since.date() == today:
        if case.is_walk_in and case.state == State.ASSIGNED:
            return Place(Section.URGENT, since, lambda: _waits(since, now))
        if case.state == State.IN_SESSION:
            return Place(Section.URGENT, since, lambda: _lasts(since, now))
    if case.state == State.SCHEDULED and case.planned_at and abs(case.planned_at - now) <= SESSION_SOON:
        planned = timezone.localtime(case.planned_at)
        return Place(Section.URGENT, planned, lambda: _start_soon(planned, now))
    if due is None:
        return Place(Section.NEXT, since + 365 * DAY, lambda: _without_limit(since))
    due = timezone.localtime(due, zone)
    if due < now:
        return Place(Section.LATE, due, lambda: _late(due, now))
    if due.date() == today:
        is_pressing = case.urgency != Urgency.NORMAL and due - now <= MARKED_SOON and not _is_date(due)
        return Place(Section.URGENT if is_pressing else Section.TODAY, due, lambda: _today(case, due, now))
    return Place(Section.NEXT, due, lambda: _later(due, today))


def get_due(case: Case) -> dt.datetime | None:
    """Return the deadline of the step that the case waits for."""
    return get_deletion_due(case) or case.due_at


def in_words(span: dt.timedelta) -> str:
    """Return a time span in words, rounded down: `18 menit`, `1 jam 50 menit`, `5 jam`, `2 hari`."""
    if span >= DAY:
        return _days(span // DAY)
    hours, minutes = span // HOUR, span % HOUR // MINUTE
    in_minutes = ngettext("%(n)d menit", "%(n)d menit", minutes) % {"n": minutes}
    if not hours:
        return in_minutes
    in_hours = ngettext("%(n)d jam", "%(n)d jam", hours) % {"n": hours}
    return f"{in_hours} {in_minutes}" if hours < 3 and minutes else in_hours


def _days(number: int) -> str:
    return ngettext("%(n)d hari", "%(n)d hari", number) % {"n": number}


def _waits(since: dt.datetime, now: dt.datetime) -> Words:
    waits = _("Menunggu %(time)s") % {"time": in_words(now - since)}
    return Words(waits, _("di loket, sejak %(at)s") % {"at": time_format(since)})


def _lasts(since: dt.datetime, now: dt.datetime) -> Words:
    lasts = _("Berlangsung %(time)s") % {"time": in_words(now - since)}
    return Words(lasts, _("sejak %(at)s") % {"at": time_format(since)})


def _without_limit(since: dt.datetime) -> Words:
    return Words(_("Tanpa batas waktu"), _("sejak %(day)s") % {"day": date_format(since, "j M")})


def _start_soon(planned: dt.datetime, now: dt.datetime) -> Words:
    left = planned - now
    if left >= MINUTE:
        words = _("Mulai %(time)s lagi") % {"time": in_words(left)}
    elif left > -MINUTE:
        words = _("Mulai sekarang")
    else:
        words = _("Lewat %(time)s") % {"time": in_words(-left)}
    return Words(words, _("jadwal %(at)s") % {"at": time_format(planned)})


def _late(due: dt.datetime, now: dt.datetime) -> Words:
    days = (timezone.localdate(now) - due.date()).days
    words = _("Terlambat %(time)s") % {"time": _days(days) if days else in_words(now - due)}
    day = _("batas %(day)s") % {"day": date_format(due, "D j M") if days else _("hari ini")}
    return Words(words, day if _is_date(due) else f"{day}, {time_format(due)}")


def _today(case: Case, due: dt.datetime, now: dt.datetime) -> Words:
    if _is_date(due):
        return Words(_("Hari ini"), _("sebelum kantor tutup"))
    is_session = case.state == State.SCHEDULED and case.planned_at == due
    words = _("Konsultasi %(at)s") if is_session else _("Sebelum %(at)s")
    left = _("%(time)s lagi") % {"time": in_words(due - now)}
    return Words(words % {"at": time_format(due)}, left)


def _later(due: dt.datetime, today: dt.date) -> Words:
    days = (due.date() - today).days
    if days == 1:
        day, detail = _("Besok"), date_format(due, "l j M")
    else:
        day = date_format(due, "l" if days < 7 else "j M")
        detail = _("%(day)s, %(time)s lagi") % {"day": date_format(due, "D j M"), "time": _days(days)}
    return Words(day if _is_date(due) else f"{day}, {time_format(due)}", detail)


def _is_date(due: dt.datetime) -> bool:
    """Return whether a deadline is a day without an hour."""
    return due.time() == END_OF_DAY
