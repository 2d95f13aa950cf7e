"""Deadlines of the states: working hours for every case, and days for complaints.

The switch of the Sekretaris (`Office.has_secretary`) decides about states of the office and their targets.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, OF_SECRETARY, UP_TO_SCHEDULE, Kind, State
from consultations.models import Case, ComplaintTarget, StateTarget
from consultations.models.agenda import CALENDAR_STAGES, WITHIN, list_days, list_hours
from kit import clock
from office.models import Appointment, Office, Role
from office.signals import profile_checked
from office.words import with_words
from office.worktime import WorkingTime

COMPLETING = {
    Kind.CONSULTATION: ComplaintTarget.Stage.NO_REPLY,
    Kind.COMPLAINT: ComplaintTarget.Stage.LAW_COMPLETE,
}
"""Stage in which the applicant completes the request, by kind of case."""

DELETION_TIME = dt.timedelta(hours=72)
"""Time for the answer to a request for deletion, by the clock (UU 27/2022: 3 x 24 hours)."""

END_OF_DAY = dt.time(23, 59)
"""Time of day (office's zone) of a deadline that is a date."""


def due_at(
    case: Case, state: str, *, since: dt.datetime, changes: Mapping[str, Any] | None = None
) -> dt.datetime | None:
    """Return when a case that enters `state` at `since` becomes late, or None if the office owes no step.

    A running consultation is late after the time of the standard. Otherwise the result is the earliest of
    the state's target (StateTarget, working hours), the deadline of the disposition, and the days of a
    complaint (UU 25/2009, PermenPANRB 62/2018). `changes` are columns that change together with the state.
    """
    if state == State.IN_SESSION:
        return since + dt.timedelta(minutes=Office.load().service_minutes)
    hours = list_hours().get(state)
    moment = None if hours is None else WorkingTime.load().add_minutes(since, hours * 60)
    columns = {name: getattr(case, name) for name in ("kind", "deadline", "follow_up_due", "answer_due")}
    columns.update(changes or {})
    days = [] if hours is None else [columns["deadline"]]
    if columns["kind"] == Kind.COMPLAINT and state == State.SUBMITTED:
        days.append(last_day_of_stage(since, ComplaintTarget.Stage.VERIFY))
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


def last_day_to_ask(day: dt.date) -> dt.date:
    """Return until when the applicant may ask about an answer of `day` (Office.ask_again_days)."""
    return day + dt.timedelta(days=Office.load().ask_again_days)


def last_day_of_stage(moment: dt.datetime, stage: str) -> dt.date | None:
    """Return the last day of a stage that began at `moment`, or None if there is none.

    A stage of PermenPANRB 62/2018 ends after its working days or after the calendar days of UU 25/2009,
    whichever comes first. An office without opening hours has no working days.
    """
    first, days = timezone.localdate(moment), list_days()
    if stage in CALENDAR_STAGES:
        return first + dt.timedelta(days=days[stage])
    by_regulation = WorkingTime.load().add_days(first, days[stage])
    by_law = last_day_of_stage(moment, WITHIN[stage]) if stage in WITHIN else None
    return min(filter(None, (by_regulation, by_law)), default=None)


def completed_at(case: Case) -> dt.datetime:
    """Return when the applicant handed in the last missing part, or else the request itself.

    The days for an answer count from here. The office cannot move it by a late entry in the agenda book.
    """
    completed = case.history.filter(verb="complete").order_by("-pk")
    return completed.values_list("happened_at", flat=True).first() or case.submitted_at


def last_day_to_complete(case: Case) -> dt.date | None:
    """Return the last day on which the applicant can complete the request.

    A complainant has the calendar days of UU 25/2009, article 44, and another applicant the office's
    working days.
    """
    return last_day_of_stage(case.since, COMPLETING[Kind(case.kind)])


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


def is_reply_overdue(case: Case) -> bool:
    """Return whether the applicant had all days to complete the request."""
    last = last_day_to_complete(case)
    return last is not None and clock.today() > last


USUAL_HOURS = 8
"""Working hours for each step of the Sekretaris, until the office sets its own."""


def list_states(office: Office) -> list[State]:
    """Return the states that cases of the office can have."""
    return [state for state in State if office.has_secretary or state not in OF_SECRETARY]


@receiver(profile_checked)
def check_switch(sender: type[Office], office: Office, **more: Any) -> None:
    """Refuse to switch the Sekretaris off while cases wait there, and on while nobody holds the position."""
    waiting = Case.objects.filter(state__in=OF_SECRETARY).count()
    if not office.has_secretary and waiting:
        sentence = ngettext(
            "%(n)d permohonan masih menunggu %(secretary)s. Selesaikan dahulu, lalu matikan paraf ini.",
            "%(n)d permohonan masih menunggu %(secretary)s. Selesaikan dahulu, lalu matikan paraf ini.",
            waiting,
        )
        raise ValidationError({"has_secretary": with_words(sentence, n=waiting)})
    is_switched_on = office.has_secretary and not Office.load().has_secretary
    if is_switched_on and not Appointment.objects.current().filter(position__role=Role.SECRETARY):
        sentence = with_words(_("Belum ada pemangku jabatan dengan peran %(secretary)s. Tambahkan dahulu."))
        raise ValidationError({"has_secretary": sentence})


@receiver(post_save, sender=Office)
def keep_targets(sender: type[Office], instance: Office, **more: Any) -> None:
    """Let an office with a Sekretaris have targets for these steps, and no other office."""
    if not instance.has_secretary:
        StateTarget.objects.filter(state__in=OF_SECRETARY).delete()
        return
    for state in OF_SECRETARY:
        StateTarget.objects.get_or_create(state=state, defaults={"hours": USUAL_HOURS})
