"""By when a case should leave the state it is in: working hours, and for complaints working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP
from consultations.models import ComplaintTarget, StateTarget
from office import clock
from office.worktime import WorkingTime

if TYPE_CHECKING:
    from consultations.models import Case


END_OF_DAY = dt.time(23, 59)
"""The time of a deadline that is a day."""


def due_at(
    case: Case, state: str, *, since: dt.datetime, changes: Mapping[str, Any] | None = None
) -> dt.datetime | None:
    """When a case that enters `state` at `since` counts as late.

    The earliest of the state's target (StateTarget, working hours), the deadline of the disposition and the
    days that count for a complaint (PermenPANRB 62/2018). `changes` are columns that change together with
    the state. None where nobody of the office is waited for: it is ended, or waits for the applicant.
    """
    target = StateTarget.objects.filter(state=state).first()
    moment = WorkingTime.load().add_minutes(since, target.hours * 60) if target else None
    columns = {name: getattr(case, name) for name in ("deadline", "follow_up_due", "answer_due")}
    columns.update(changes or {})
    days = [columns["deadline"]] if target else []
    if case.kind == "COMPLAINT" and state == "SUBMITTED":
        days.append(after(since, ComplaintTarget.Stage.VERIFY))
    if state in BEFORE_FOLLOW_UP:
        days.append(columns["follow_up_due"])
    if state in ANSWERING:
        days.append(columns["answer_due"])
    return earliest(moment, *days)


def earliest(moment: dt.datetime | None, *days: dt.date | None) -> dt.datetime | None:
    """The earliest of a moment and the ends of some days, of those that there are."""
    zone = timezone.get_default_timezone()
    ends = [dt.datetime.combine(day, END_OF_DAY, zone) for day in days if day]
    return min([*ends, *([moment] if moment else [])], default=None)


def after(moment: dt.datetime, stage: str) -> dt.date | None:
    """The last day of a stage of a complaint that began at `moment`; None where the office is never open."""
    return WorkingTime.load().add_days(timezone.localdate(moment), ComplaintTarget.days_for(stage))


def gave_no_reply(*, since: dt.datetime) -> bool:
    """Whether the working days have passed in which an applicant should have answered."""
    last = after(since, ComplaintTarget.Stage.NO_REPLY)
    return last is not None and clock.today() > last


def no_reply_since(days: int) -> dt.datetime | None:
    """Who was asked before this moment has given no reply within `days` working days (`gave_no_reply`)."""
    first = WorkingTime.load().subtract_days(clock.today(), days)
    return dt.datetime.combine(first, dt.time(), timezone.get_default_timezone()) if first else None
