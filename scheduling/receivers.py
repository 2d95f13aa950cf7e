"""Receivers: move deadlines and warn of collisions after a change of working time; check another zone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.dispatch import receiver
from django.utils.translation import gettext as _

from office import clock
from office.models import Office
from office.signals import profile_checked, working_time_changed, working_time_edited
from scheduling.collisions import describe_collisions
from scheduling.models import Slot
from scheduling.moved_deadlines import move_deadlines


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
