"""Receivers: move deadlines and warn of collisions after a change of working time; check another zone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.dispatch import receiver
from django.tasks import task
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.deadlines import due_at, earliest, last_day_of_stage
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, State
from consultations.models import Case, ComplaintTarget, Event, WorkItem
from consultations.scheduling.models import Slot
from consultations.scheduling.queries import describe_collisions
from consultations.work import store_items
from kit import clock
from kit.cache import caching_per_request
from kit.records import leave_entry
from office.models import Office
from office.signals import profile_checked, working_time_changed, working_time_edited

BATCH_SIZE = 500
"""Cases that are read, locked and written together."""

DEADLINES = ("due_at", "follow_up_due", "answer_due")


@task()
@caching_per_request()
def move_deadlines(because: str = "") -> int:
    """Compute the deadlines of all cases with work again and store those that differ. Return how many moved.

    Deadlines count from the same moments as before, with today's working time and targets. Safe to run twice
    and beside steps: a step that locks a case waits, or is seen. If a rule changed, `because` names it, and
    the audit log of each moved case says from when to when. No step says so: nobody took one.
    """
    last, moved = 0, 0
    while True:
        with transaction.atomic():
            batch = _lock_batch(last)
            before = {case.pk: case.answer_due for case in batch}
            changed = [case for case in batch if _move(case)]
            Case.objects.bulk_update(changed, DEADLINES)
            store_items(batch)
            for case in changed if because else ():
                days = (before[case.pk], case.answer_due)
                moved_from, moved_to = (date_format(day) if day else "-" for day in days)
                target = f"{because}: selesai paling lambat {moved_from} menjadi {moved_to}"
                record(Act.DEADLINES, by=None, case=case, title="Rembuk", target=target)
            leave_entry(*changed)
        moved += len(changed)
        if len(batch) < BATCH_SIZE:
            return moved
        last = batch[-1].pk


def _lock_batch(last: int) -> list[Case]:
    registered = Event.objects.filter(verb="register", case=OuterRef("pk")).order_by("-pk")
    waiting = WorkItem.objects.open().steps().values("case")
    cases = Case.objects.filter(pk__in=waiting, pk__gt=last).order_by("pk").select_for_update(no_key=True)
    completed = Event.objects.filter(verb="complete", case=OuterRef("pk")).order_by("-pk")
    moments = {
        "registered_at": Subquery(registered.values("entered_at")[:1]),
        "complete_since": Coalesce(Subquery(completed.values("happened_at")[:1]), F("submitted_at")),
    }
    return list(cases.annotate(**moments)[:BATCH_SIZE])


def _move(case: Case) -> bool:
    before = [getattr(case, name) for name in DEADLINES]
    registered_at = vars(case)["registered_at"]
    if case.follow_up_due and registered_at and case.state in BEFORE_FOLLOW_UP:
        stage = ComplaintTarget.Stage.FIRST_FOLLOW_UP
        case.follow_up_due = last_day_of_stage(registered_at, stage)
    if case.answer_due and case.state in ANSWERING:
        case.answer_due = last_day_of_stage(vars(case)["complete_since"], case.complaint_kind)
    if case.state != State.SCHEDULED:
        case.due_at = due_at(case, case.state, since=case.since)
    elif case.planned_at:
        case.due_at = earliest(case.planned_at, case.answer_due)
    return before != [getattr(case, name) for name in DEADLINES]


@receiver(working_time_changed)
def move_deadlines_soon(sender: type[Model], **more: Any) -> None:
    """Ask a worker to move the deadlines. The task is stored with the change, so that it is not lost."""
    move_deadlines.enqueue()


@receiver(profile_checked)
def check_zone(sender: type[Model], office: Office, **more: Any) -> None:
    """Refuse another zone while sessions are planned: their half hours are reserved in the present zone."""
    if office.zone != Office.load().zone and Slot.objects.filter(day__gte=clock.today()).exists():
        sentence = _("Masih ada konsultasi terjadwal. Ubah zona waktu sesudah semuanya selesai.")
        raise ValidationError({"zone": sentence})


@receiver(working_time_edited)
def warn_of_collisions(sender: type[Model], **more: Any) -> str:
    return describe_collisions()
