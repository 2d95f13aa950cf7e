"""Notices follow the steps of the standard, and are read when their recipient opens the case."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from consultations.models import Case, Event
from consultations.signals import case_opened, step_taken
from notices.outbox import read, tell
from notices.soon import deliver_soon
from office import clock
from office.models import User

A_MOMENT = dt.timedelta(minutes=1)


@receiver(step_taken)
def tell_of_step(
    sender: type[Case], case: Case, event: Event, before: Mapping[str, Any], **more: Any
) -> None:
    """Write down who is told, in the step's own transaction; deliver what may go once it is committed."""
    leaving = tell(case, event, before)
    # What happened long ago and is entered in bulk can wait for the rounds.
    if leaving and clock.now() - event.entered_at < A_MOMENT:
        deliver_soon()


@receiver(case_opened)
def mark_as_read(sender: type[Case], case: Case, by: User, **more: Any) -> None:
    """Whoever opens a case has read what he or she was told of it."""
    read(case, by=by)
