"""Notices follow the steps of the standard, and are read when their recipient opens the case."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from consultations.models import Case, Event
from consultations.signals import case_opened, step_taken
from notices.outbox import read, tell
from office import clock
from office.models import User

A_MOMENT = dt.timedelta(minutes=1)


@receiver(step_taken)
def tell_of_step(sender: type[Case], case: Case, event: Event, **more: Any) -> None:
    """Write down who is told, in the step's own transaction; deliver what may go once it is committed."""
    tell(case, event)
    # Robust: the step stands, and the rounds deliver what no task does.
    transaction.on_commit(lambda: _deliver_soon(event), robust=True)


def _deliver_soon(event: Event) -> None:
    """Let a worker deliver at once; what happened long ago and is entered in bulk can wait for the rounds."""
    from notices.tasks import deliver_messages

    if clock.now() - event.entered_at < A_MOMENT:
        deliver_messages.enqueue()


@receiver(case_opened)
def mark_as_read(sender: type[Case], case: Case, by: User, **more: Any) -> None:
    """Whoever opens a case has read what he or she was told of it."""
    read(case, by=by)
