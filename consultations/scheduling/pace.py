"""The pace of the office: how many working days its requests of the last months took until a schedule.

The first time that an applicant may wish follows from it (availability.py). It is computed once a day, so
that no page computes it.
"""

import datetime as dt
from statistics import median_high

from django.db.models import Exists, OuterRef
from django.utils import timezone

from consultations.models import Event
from consultations.scheduling.models import SchedulingPace
from kit import clock
from kit.cache import remembered
from office.worktime import WorkingTime

PERIOD = dt.timedelta(days=92)
"""Cases that were scheduled within this time before now count."""

MIN_CASES = 20
"""Requests that are enough for a median. With fewer, the targets of the office count instead."""


@remembered
def get_pace() -> int | None:
    """Return the median of working days until a schedule, or None without enough cases."""
    latest = SchedulingPace.objects.order_by("-day").first()
    return latest.working_days if latest and latest.cases >= MIN_CASES else None


def store_pace() -> None:
    """Compute and store the pace of today, unless it is stored already."""
    today = clock.today()
    if SchedulingPace.objects.filter(day=today).exists():
        return
    days = list_days_to_schedule()
    row = SchedulingPace(day=today, cases=len(days), working_days=median_high(days) if days else None)
    SchedulingPace.objects.bulk_create([row], ignore_conflicts=True)


def list_days_to_schedule() -> list[int]:
    """Return the working days from submission to the first schedule of each case scheduled in PERIOD."""
    scheduled = Event.objects.standing().filter(verb="schedule")
    earlier = scheduled.filter(case=OuterRef("case"), pk__lt=OuterRef("pk"))
    recent = scheduled.filter(~Exists(earlier), happened_at__gte=clock.now() - PERIOD)
    working = WorkingTime.load()
    return [
        working.days_until(timezone.localdate(at), today=timezone.localdate(submitted_at))
        for submitted_at, at in recent.values_list("case__submitted_at", "happened_at")
    ]
