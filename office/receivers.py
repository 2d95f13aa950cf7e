"""Receivers: announce each change of working time, whether from `pengaturan/`, a fixture or a shell."""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from office.models import ClosedDay, OpeningHours, Season
from office.signals import working_time_changed


@receiver([post_save, post_delete], sender=ClosedDay)
@receiver([post_save, post_delete], sender=OpeningHours)
@receiver([post_save, post_delete], sender=Season)
def announce_change(sender: type[Model], **more: Any) -> None:
    working_time_changed.send(sender)
