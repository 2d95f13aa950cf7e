"""Receivers: create notices after steps, absences, delegations, changed working time and changed access.

They also mark notices as read.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.dispatch import receiver

from consultations.models import Case, Event
from consultations.scheduling.models import Delegation
from consultations.scheduling.signals import absences_changed, delegated, delegations_ended
from consultations.signals import case_opened
from kit import clock
from notices.models import OF_ACCESS, Notice
from notices.services.delivery import deliver_soon
from notices.services.office import (
    notify_of_collisions,
    notify_of_decision,
    notify_of_delegation,
    notify_of_ended_delegations,
    notify_of_proposal,
)
from notices.services.outbox import create_notices, mark_as_read, mark_caseless_as_read
from office.models import AccessChange, User
from office.signals import (
    access_change_decided,
    access_change_proposed,
    access_changes_opened,
    working_time_changed,
)

RECENT = dt.timedelta(minutes=1)


def notify_of_step(case: Case, event: Event, before: Mapping[str, Any], **more: Any) -> None:
    """Create the notices in the transaction of the step, and deliver them after commit."""
    to_deliver = create_notices(case, event, before)
    # Bulk imports of old steps do not ask a worker: the scheduler delivers their messages.
    if to_deliver and clock.now() - event.entered_at < RECENT:
        deliver_soon()


@receiver(case_opened)
def mark_notices_as_read(sender: type[Case], case: Case, by: User, **more: Any) -> None:
    mark_as_read(case, by=by)


@receiver(working_time_changed)
@receiver(absences_changed)
def notify_of_collisions_soon(sender: type[Model], **more: Any) -> None:
    """Ask a worker to notify officers. The task is stored with the change, so that it is not lost."""
    notify_of_collisions.enqueue()


@receiver(delegated)
def notify_of_stand_in(sender: type[Model], delegation: Delegation, **more: Any) -> None:
    notify_of_delegation(delegation)


@receiver(delegations_ended)
def notify_of_ended_stand_ins(sender: type[Model], **more: Any) -> None:
    notify_of_ended_delegations()


@receiver(access_change_proposed)
def notify_of_proposed_access(sender: type[Model], change: AccessChange, **more: Any) -> None:
    notify_of_proposal(change)


@receiver(access_change_decided)
def notify_of_decided_access(sender: type[Model], change: AccessChange, **more: Any) -> None:
    notify_of_decision(change)


@receiver(access_changes_opened)
def mark_access_notices_as_read(sender: type[Model], by: User, **more: Any) -> None:
    mark_caseless_as_read(Notice.objects.filter(kind__in=OF_ACCESS), by=by)
