"""By when a case should leave the state it is in: targets in working hours, as office data."""

import datetime as dt

from django.utils import timezone

from office import clock
from office.models import ComplaintTarget, StateTarget
from office.worktime import WorkingTime


def due_at(state: str, *, since: dt.datetime, deadline: dt.date | None) -> dt.datetime | None:
    """When a case that entered `state` at `since` counts as late.

    The earlier of the state's target (StateTarget, working hours) and the end of the disposition's
    deadline. None where the state has no target: it is ended, or waits for the applicant.
    """
    target = StateTarget.objects.filter(state=state).first()
    if target is None:
        return None
    moment = WorkingTime.load().add_minutes(since, target.hours * 60)
    if deadline is None:
        return moment
    end = dt.datetime.combine(deadline, dt.time(23, 59), timezone.get_default_timezone())
    return min(moment, end) if moment else end


def gave_no_reply(*, since: dt.datetime) -> bool:
    """Whether the working days have passed in which an applicant should have answered."""
    days = ComplaintTarget.days_for(ComplaintTarget.Stage.NO_REPLY)
    last = WorkingTime.load().add_days(timezone.localdate(since), days)
    return last is not None and clock.today() > last
