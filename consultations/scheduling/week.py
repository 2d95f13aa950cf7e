"""A week of the calendar: days with their sessions in lanes, closed hours, and capacity."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from consultations.scheduling.models import Absence, Session, half_hours_between
from kit import clock
from office.models import User
from office.worktime import WorkingTime

ROW = dt.timedelta(minutes=15)
"""Time of one row of the grid."""

DAY_BEGINS, DAY_ENDS = dt.time(8), dt.time(16)
"""Hours that the grid shows at least."""

MAX_LANES = 6
"""Lanes that fit beside each other. With more people, the week is a list."""


class Look(TextChoices):
    """Look of a session in the calendar."""

    PLANNED = "planned", gettext_lazy("dijadwalkan")
    ASKED = "asked", gettext_lazy("minta waktu lain")
    WALK_IN = "walkin", gettext_lazy("datang langsung")
    LIVE = "live", gettext_lazy("berlangsung")
    DONE = "done", pgettext_lazy("konsultasi", "selesai")


@dataclass(frozen=True)
class Entry:
    """A session, or the reason why nobody of a lane can be met. `lane` 0 means all lanes.

    `row` is its first row of the grid, and `rows` their number.
    """

    row: int
    rows: int
    lane: int
    session: Session | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    reason: str = ""
    holiday: bool = False

    @property
    def look(self) -> str:
        return _get_look(self.session).value if self.session else ""

    @property
    def look_label(self) -> str:
        """The look in a word, if it is not that of most sessions."""
        return str(Look(self.look).label) if self.look not in ("", Look.PLANNED) else ""

    @property
    def begins(self) -> str:
        return f"{self.starts_at:%H.%M}"

    @property
    def until(self) -> str:
        return f"{self.ends_at:%H.%M}"


@dataclass(frozen=True)
class Day:
    """One day. `used` and `slots` count half hours of all lanes; a day without working time has no slots."""

    date: dt.date
    entries: Sequence[Entry]
    used: int
    slots: int
    is_chosen: bool

    @property
    def is_today(self) -> bool:
        return self.date == clock.today()

    @property
    def percent(self) -> int:
        """Used half hours in percent, at most 100."""
        return min(100, 100 * self.used // self.slots) if self.slots else 0


@dataclass(frozen=True)
class Week:
    """The days of a week, the names of its lanes, and the full hours beside the grid with their rows."""

    days: Sequence[Day]
    lanes: Sequence[str]
    hours: Sequence[tuple[int, dt.time]]
    now_row: int | None

    @property
    def is_grid(self) -> bool:
        """Whether the lanes fit beside each other."""
        return 0 < len(self.lanes) <= MAX_LANES


@dataclass
class _Frame:
    """First and last time of day of the grid. Rows count from `since`."""

    since: dt.time
    until: dt.time
    lanes: dict[int, int] = field(default_factory=dict)

    def rows(self, start: dt.datetime, end: dt.datetime) -> tuple[int, int]:
        """Return the first row of a time and its number of rows, at least one."""
        first = self._row(start)
        return first + 1, max(1, -(-(end - self._begin(start)) // ROW) - first)

    def _row(self, moment: dt.datetime) -> int:
        return (moment - self._begin(moment)) // ROW

    def _begin(self, moment: dt.datetime) -> dt.datetime:
        return timezone.localtime(moment).replace(
            hour=self.since.hour, minute=self.since.minute, second=0, microsecond=0
        )


def get_week(
    monday: dt.date,
    sessions: Iterable[Session],
    people: Sequence[User],
    working: WorkingTime,
    absences: Iterable[Absence],
    *,
    chosen: dt.date,
) -> Week:
    """Return the week with these sessions. Lanes are `people` and others who hold one of the sessions."""
    by_day: dict[dt.date, list[tuple[Session, dt.datetime, dt.datetime]]] = defaultdict(list)
    lanes = {person.pk: str(person) for person in people}
    for session in sessions:
        start, end = _get_time(session)
        by_day[start.date()].append((session, start, end))
        lanes.setdefault(session.officer_id, str(session.officer))
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    shown = [day for day in days if day in by_day or day.weekday() in working.week(day) or day.weekday() < 5]
    if chosen not in shown:
        chosen = shown[-1]
    frame = _get_frame(shown, by_day, working)
    frame.lanes = {key: number for number, key in enumerate(lanes, start=1)}
    now, away = clock.now(), [absence for absence in absences if absence.person_id in frame.lanes]
    return Week(
        [_get_day(day, by_day[day], frame, working, away, chosen=chosen) for day in shown],
        list(lanes.values()),
        [
            _hour(hour, frame)
            for hour in range(frame.since.hour + bool(frame.since.minute), frame.until.hour + 1)
        ],
        frame.rows(now, now)[0] if frame.since <= timezone.localtime(now).time() < frame.until else None,
    )


def _get_look(session: Session) -> Look:
    if session.finished_at:
        return Look.DONE
    if session.starts_at is None:
        return Look.WALK_IN
    if session.started_at:
        return Look.LIVE
    return Look.ASKED if session.case.other_time else Look.PLANNED


def _get_time(session: Session) -> tuple[dt.datetime, dt.datetime]:
    start = session.starts_at or session.started_at or clock.now()
    end = session.ends_at or session.finished_at or start + dt.timedelta(minutes=30)
    return timezone.localtime(start), timezone.localtime(end)


def _get_frame(
    days: Iterable[dt.date],
    by_day: dict[dt.date, list[tuple[Session, dt.datetime, dt.datetime]]],
    working: WorkingTime,
) -> _Frame:
    since, until = DAY_BEGINS, DAY_ENDS
    for day in days:
        spans = [*working.spans(day), *((start, end) for _session, start, end in by_day.get(day, ()))]
        for start, end in spans:
            since = min(since, start.time())
            until = max(until, end.time() if end.date() == day else dt.time.max)
    minute = since.minute - since.minute % 30
    return _Frame(since.replace(minute=minute, second=0, microsecond=0), until)


def _hour(hour: int, frame: _Frame) -> tuple[int, dt.time]:
    minutes = hour * 60 - frame.since.hour * 60 - frame.since.minute
    return minutes // 15 + 1, dt.time(hour)


def _get_day(
    day: dt.date,
    sessions: Sequence[tuple[Session, dt.datetime, dt.datetime]],
    frame: _Frame,
    working: WorkingTime,
    absences: Iterable[Absence],
    *,
    chosen: dt.date,
) -> Day:
    entries = [*_list_closed(day, frame, working), *_list_absent(day, frame, working, absences)]
    for session, start, end in sessions:
        row, rows = frame.rows(start, end)
        entries.append(Entry(row, rows, frame.lanes[session.officer_id], session, start, end))
    used = len(
        {(s.officer_id, half) for s, start, end in sessions for half in half_hours_between(start, end)}
    )
    halves = sum(1 for span in working.spans(day) for _half in half_hours_between(*span))
    entries.sort(key=lambda entry: (entry.row, entry.lane))
    return Day(day, entries, used, halves * len(frame.lanes), day == chosen)


def _list_closed(day: dt.date, frame: _Frame, working: WorkingTime) -> list[Entry]:
    zone = timezone.get_current_timezone()
    begin, end = (dt.datetime.combine(day, time, zone) for time in (frame.since, frame.until))
    holiday = working.get_holiday(day)
    spans = list(working.spans(day))
    if holiday is not None or not spans:
        reason = gettext("tutup") if holiday is None else holiday
        return [
            Entry(*frame.rows(begin, end), 0, starts_at=begin, reason=reason, holiday=holiday is not None)
        ]
    edges = [begin, *(moment for span in spans for moment in span), end]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    return [
        Entry(
            *frame.rows(closes, opens),
            0,
            starts_at=closes,
            ends_at=opens,
            reason=gettext("istirahat") if 0 < number < len(gaps) - 1 else "",
        )
        for number, (closes, opens) in enumerate(gaps)
        if closes < opens
    ]


def _list_absent(
    day: dt.date, frame: _Frame, working: WorkingTime, absences: Iterable[Absence]
) -> list[Entry]:
    zone = timezone.get_current_timezone()
    begin, end = (dt.datetime.combine(day, time, zone) for time in (frame.since, frame.until))
    found = []
    for absence in absences if working.is_open(day) else ():
        if absence.touches(begin, end):
            start, until = (
                timezone.localtime(m) for m in (max(begin, absence.starts_at), min(end, absence.until))
            )
            reason = f"{absence.person}: {absence.get_reason_display().lower()}"
            lane = frame.lanes[absence.person_id]
            found.append(
                Entry(*frame.rows(start, until), lane, starts_at=start, ends_at=until, reason=reason)
            )
    return found
