"""Receivers: announce each change of working time, whether from `pengaturan/`, a fixture or a shell. Run each
task in the office's time zone.
"""

from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.tasks.signals import task_finished, task_started

from office.models import ClosedDay, Office, OpeningHours, Season
from office.signals import working_time_changed
from office.worktime import in_office

_running_task: ContextVar[ExitStack | None] = ContextVar("running_task", default=None)


@receiver([post_save, post_delete], sender=ClosedDay)
@receiver([post_save, post_delete], sender=OpeningHours)
@receiver([post_save, post_delete], sender=Season)
def announce_change(sender: type[Model], **more: Any) -> None:
    working_time_changed.send(sender)


@receiver(pre_save, sender=Office)
def note_zone(instance: Office, raw: bool = False, **more: Any) -> None:
    stored = Office.objects.filter(pk=instance.pk).values_list("zone", flat=True)
    vars(instance)["zone_before"] = None if raw else stored.first()


@receiver(post_save, sender=Office)
def announce_zone(sender: type[Model], instance: Office, **more: Any) -> None:
    """Send `working_time_changed` if the zone changed: opening hours then begin at another moment."""
    if vars(instance).pop("zone_before", None) not in (None, instance.zone):
        working_time_changed.send(sender)


@receiver(task_started)
def enter_office(**more: Any) -> None:
    """Run a background task in the office's time zone. First leave the context of an unfinished task."""
    leave_office()
    running = ExitStack()
    running.enter_context(in_office())
    _running_task.set(running)


@receiver(task_finished)
def leave_office(**more: Any) -> None:
    if running := _running_task.get():
        running.close()
        _running_task.set(None)
