"""Receivers: move deadlines and warn of collisions after a change of working time."""

from typing import Any

from django.db.models import Model
from django.dispatch import receiver

from office.signals import working_time_changed, working_time_edited
from scheduling.collisions import describe_collisions
from scheduling.moved_deadlines import move_deadlines


@receiver(working_time_changed)
def move_deadlines_soon(sender: type[Model], **more: Any) -> None:
    """Ask a worker to move the deadlines. The task is stored with the change, so that it is not lost."""
    move_deadlines.enqueue()


@receiver(working_time_edited)
def warn_of_collisions(sender: type[Model], **more: Any) -> str:
    return describe_collisions()
