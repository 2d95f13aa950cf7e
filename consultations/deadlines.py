"""Deadlines of the states: working hours for every case, and working days for complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import cached_property

from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, OF_SECRETARY, UP_TO_SCHEDULE, Kind, State
from consultations.models import ComplaintTarget
from consultations.models.agenda import list_days, list_hours
from kit import clock
from office.worktime import WorkingTime

if TYPE_CHECKING:
    from consultations.models import Case


END_OF_DAY = dt.time(23, 59)
"""Time of day (office's zone) of a deadline that is a date."""


class Targets:
    """Working time and targets of the office, each looked up once for any number of deadlines."""

    @cached_property
    def working(self) -> WorkingTime:
        return WorkingTime.load()

    @cached_property
    def hours(self) -> Mapping[str, int]:
        """Working hours of each state that has a target."""
        return list_hours()

    @cached_property
    def days(self) -> Mapping[str, int]:
        """Working days of each stage of a complaint: the office's own, or else those of the regulation."""
        return list_days()

    def last_day_of_stage(self, moment: dt.datetime, stage: str) -> dt.date | None:
        """Return the last day of a complaint's stage, or None if the office has no opening hours."""
        return self.working.add_days(timezone.localdate(moment), self.days[stage])


def due_at(
    case: Case,
    state: str,
    *,
    since: dt.datetime,
    changes: Mapping[str, Any] | None = None,
    targets: Targets | None = None,
) -> dt.datetime | None:
    """Return when a case that enters `state` at `since` becomes late, or None if the office owes no step.

    The result is the earliest of the state's target (StateTarget, working hours), the deadline of the
    disposition, and the days of a complaint (PermenPANRB 62/2018). `changes` are columns that change
    together with the state. `targets` are read if they are not given.
    """
    targets = targets or Targets()
    hours = targets.hours.get(state)
    moment = None if hours is None else targets.working.add_minutes(since, hours * 60)
    columns = {name: getattr(case, name) for name in ("deadline", "follow_up_due", "answer_due")}
    columns.update(changes or {})
    days = [] if hours is None else [columns["deadline"]]
    if case.kind == Kind.COMPLAINT and state == State.SUBMITTED:
        days.append(targets.last_day_of_stage(since, ComplaintTarget.Stage.VERIFY))
    if state in BEFORE_FOLLOW_UP:
        days.append(columns["follow_up_due"])
    if state in ANSWERING:
        days.append(columns["answer_due"])
    return earliest(moment, *days)


def earliest(moment: dt.datetime | None, *days: dt.date | None) -> dt.datetime | None:
    """Return the earliest of a moment and the ends of `days`, ignoring None."""
    zone = timezone.get_current_timezone()
    ends = [dt.datetime.combine(day, END_OF_DAY, zone) for day in days if day]
    return min([*ends, *([moment] if moment else [])], default=None)


def last_day_of_stage(moment: dt.datetime, stage: str) -> dt.date | None:
    """Return the last day of a complaint's stage that began at `moment`, or None without opening hours."""
    return Targets().last_day_of_stage(moment, stage)


def last_day_to_schedule(
    since: dt.datetime,
    working: WorkingTime,
    *,
    states: Collection[State] = UP_TO_SCHEDULE,
    needs_all: bool = False,
) -> dt.date | None:
    """Return the last day for scheduling a case that enters the first of `states` at `since`.

    The targets (StateTarget) of the states add up. Return None if there are none or, with `needs_all`, if
    one is missing. Those of the Sekretaris exist only in an office that has one.
    """
    hours = {state: hours for state, hours in list_hours().items() if state in states}
    if not hours or (needs_all and set(states) - set(OF_SECRETARY) - set(hours)):
        return None
    moment = working.add_minutes(since, sum(hours.values()) * 60)
    return timezone.localdate(moment) if moment else None


def is_reply_overdue(*, since: dt.datetime) -> bool:
    """Return whether an applicant asked at `since` had the working days of NO_REPLY to answer."""
    last = last_day_of_stage(since, ComplaintTarget.Stage.NO_REPLY)
    return last is not None and clock.today() > last


def get_reply_limit(days: int, working: WorkingTime) -> dt.datetime | None:
    """Return the moment before which a question must have been asked to be overdue after `days`."""
    first = working.subtract_days(clock.today(), days)
    return dt.datetime.combine(first, dt.time(), timezone.get_current_timezone()) if first else None
