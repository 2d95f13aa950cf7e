"""A week of the calendar: days with their sessions in lanes, closed hours, and capacity."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from consultations.scheduling.models import HALF_HOUR, Absence, Session, half_hours_between
from kit import clock
from office.models import User
from office.worktime import WorkingTime

ROW = dt.timedelta(minutes=15)
"""Time of one row of the grid."""

DAY_BEGINS, DAY_ENDS = dt.time(8), dt.time(16)
"""Hours that the grid shows at least."""

MAX_LANES = 6
"""Lanes that fit beside each other. With more people, each division has one. More divisions are a list."""


MAX_PARTS = 6
"""Sessions of the same time that fit beside each other in a lane."""


class Look(TextChoices):
    """Look of a session in the calendar."""

    PLANNED = "planned", gettext_lazy("dijadwalkan")
    ASKED = "asked", gettext_lazy("minta waktu lain")
    WALK_IN = "walkin", gettext_lazy("datang langsung")
    LIVE = "live", gettext_lazy("berlangsung")
    DONE = "done", pgettext_lazy("konsultasi", "selesai")


class Taken(NamedTuple):
    """A reserved half hour (Slot) of a person, or of a room (no `person`)."""

    session: int
    person: int | None
    day: dt.date
    half_hour: int

    @property
    def begins(self) -> dt.datetime:
        return clock.midnight(self.day) + self.half_hour * HALF_HOUR


@dataclass(frozen=True)
class Entry:
    """A session, or the reason why nobody of a lane can be met. `lane` 0 means all lanes.

    `is_taken`: another session reserves this time, e.g. one that the reader may not see. Then `reason` is its
    person. `row` is its first row of the grid, and `rows` their number. `part` of `parts` is its place beside
    other sessions of the same time and lane.
    """

    row: int
    rows: int
    lane: int
    session: Session | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    reason: str = ""
    holiday: bool = False
    is_taken: bool = False
    part: int = 1
    parts: int = 1

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
    """One day. `used` and `slots` count half hours of all lanes in working time; a closed day has none."""

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
    """The days of a week, the names of its lanes, and the full hours beside the grid with their rows.

    `is_by_division`: lanes are divisions instead of people.
    """

    days: Sequence[Day]
    lanes: Sequence[str]
    hours: Sequence[tuple[int, dt.time]]
    now_row: int | None
    is_by_division: bool

    @property
    def is_grid(self) -> bool:
        """Whether the lanes fit beside each other."""
        return 0 < len(self.lanes) <= MAX_LANES


@dataclass
class _Frame:
    """First and last time of day of the grid, and the lane of each person or division.

    Rows count from `since`. `people` is their number. `is_single`: there is one lane for all sessions.
    """

    since: dt.time
    until: dt.time
    lanes: dict[int, int] = field(default_factory=dict)
    homes: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    is_by_division: bool = False
    is_single: bool = False
    people: int = 0

    def find_lane(self, session: Session) -> int:
        if self.is_single:
            return 1
        return self.lanes[(session.case.division_id or 0) if self.is_by_division else session.officer_id]

    def find_lane_of(self, person: int, drawn: int) -> int:
        """Return the lane of a person. Without one, it is that of the session, or of those without a lane."""
        if self.is_single:
            return 1
        own = self.lanes.get(self.homes.get(person, -1) if self.is_by_division else person)
        return own or drawn or self.lanes.get(0, 0)

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
    taken: Iterable[Taken],
    *,
    chosen: dt.date,
    divisions: Mapping[int, str],
    homes: Mapping[int, int],
    only_lane: str,
) -> Week:
    """Return the week with these sessions. Lanes are `people` and others who hold one of the sessions.

    If they are too many, the lanes are the `divisions` of all of them, by name, and absences are left out;
    `homes` has the division of each person. With `only_lane`, all sessions are in one lane of this name.

    `taken` are all reserved half hours of these people, or of the room of the only lane. They are counted,
    and those without a session in their lane are drawn.
    """
    slots: dict[dt.date, list[Taken]] = defaultdict(list)
    for slot in taken:
        slots[slot.day].append(slot)
    by_day: dict[dt.date, list[tuple[Session, dt.datetime, dt.datetime]]] = defaultdict(list)
    lanes = {0: only_lane} if only_lane else {person.pk: str(person) for person in people}
    for session in sessions:
        start, end = _get_time(session)
        by_day[start.date()].append((session, start, end))
        if not only_lane:
            lanes.setdefault(session.officer_id, str(session.officer))
    names = dict(lanes)
    number, is_by_division = len(lanes), len(lanes) > MAX_LANES
    if is_by_division:
        lanes = dict(divisions)
        drawn = {s.pk: s.case.division_id or 0 for found in by_day.values() for s, _start, _end in found}
        hidden = (slot for found in slots.values() for slot in found if slot.session not in drawn)
        owners = {*drawn.values(), *(0 for slot in hidden if homes.get(slot.person or 0, -1) not in lanes)}
        for key in owners:
            lanes.setdefault(key, "–")
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    used = {*by_day, *slots}
    shown = [day for day in days if day in used or day.weekday() in working.week(day) or day.weekday() < 5]
    if chosen not in shown:
        chosen = shown[-1]
    frame = _get_frame(shown, by_day, slots, working)
    frame.lanes = {key: lane for lane, key in enumerate(lanes, start=1)}
    frame.homes, frame.names, frame.is_by_division = homes, names, is_by_division
    frame.people, frame.is_single = number, bool(only_lane)
    away = [] if is_by_division else [one for one in absences if one.person_id in frame.lanes]
    now = clock.now()
    return Week(
        [_get_day(day, by_day[day], slots[day], frame, working, away, chosen=chosen) for day in shown],
        list(lanes.values()),
        [
            _hour(hour, frame)
            for hour in range(frame.since.hour + bool(frame.since.minute), frame.until.hour + 1)
        ],
        frame.rows(now, now)[0] if frame.since <= timezone.localtime(now).time() < frame.until else None,
        is_by_division,
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
    by_day: Mapping[dt.date, Sequence[tuple[Session, dt.datetime, dt.datetime]]],
    taken: Mapping[dt.date, Sequence[Taken]],
    working: WorkingTime,
) -> _Frame:
    since, until = DAY_BEGINS, DAY_ENDS
    for day in days:
        spans = [*working.spans(day), *((start, end) for _session, start, end in by_day.get(day, ()))]
        spans += [(slot.begins, slot.begins + HALF_HOUR) for slot in taken.get(day, ())]
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
    taken: Sequence[Taken],
    frame: _Frame,
    working: WorkingTime,
    absences: Iterable[Absence],
    *,
    chosen: dt.date,
) -> Day:
    entries = [*_list_closed(day, frame, working), *_list_absent(day, frame, working, absences)]
    placed = _list_taken(
        taken, {session.pk: frame.find_lane(session) for session, *_times in sessions}, frame
    )
    for session, start, end in sessions:
        placed.append(Entry(*frame.rows(start, end), frame.find_lane(session), session, start, end))
    entries += _share_lanes(placed)
    used = {(slot.person, slot.begins) for slot in taken}
    for session, start, end in sessions:  # a walk-in has no slots, nor has a session that is over
        used |= {(session.officer_id, half) for half in half_hours_between(start, end)}
    halves = {half for span in working.spans(day) for half in half_hours_between(*span)}
    inside = {(person, half) for person, half in used if half in halves}
    number = len({half for _person, half in inside} if frame.is_single else inside)
    entries.sort(key=lambda entry: (entry.row, entry.lane))
    return Day(day, entries, number, len(halves) * frame.people, day == chosen)


def _list_taken(taken: Iterable[Taken], drawn: Mapping[int, int], frame: _Frame) -> list[Entry]:
    """Return a nameless block for each reserved time whose session is not drawn in the same lane.

    `drawn` has the lanes of the sessions, by key.
    """
    blocks: dict[tuple[int, int, int], list[Taken]] = defaultdict(list)
    for slot in taken:
        lane = frame.find_lane_of(slot.person or 0, drawn.get(slot.session, 0))
        if drawn.get(slot.session) != lane:
            blocks[slot.session, slot.person or 0, lane].append(slot)
    found = []
    for (_session, person, lane), slots in blocks.items():
        start, end = min(slots).begins, max(slots).begins + HALF_HOUR
        name = frame.names.get(person, "") if len(frame.names) > 1 else ""
        entry = Entry(*frame.rows(start, end), lane, starts_at=start, ends_at=end, reason=name, is_taken=True)
        found.append(entry)
    return found


def _share_lanes(entries: Iterable[Entry]) -> list[Entry]:
    """Put sessions beside each other that overlap in a lane: each into the first part that is free."""
    shared: list[Entry] = []
    groups: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda one: (one.lane, one.row)):
        last = groups[-1] if groups else []
        if last and last[0].lane == entry.lane and entry.row < max(one.row + one.rows for one in last):
            ends = {one.part: one.row + one.rows for one in last}  # of the latest in each part
            part = next((n for n, end in ends.items() if end <= entry.row), len(ends) + 1)
            last.append(replace(entry, part=part))
        else:
            groups.append([entry])
    for group in groups:
        parts = min(MAX_PARTS, max(one.part for one in group))
        shared += [replace(one, part=min(one.part, MAX_PARTS), parts=parts) for one in group]
    return shared


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
