"""Notify a head and the stand-in (Plh., Plt.) when a delegation is made and when it ends."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from notices.models import Kind, Notice
from notices.services.delivery import deliver_soon
from notices.services.outbox import staff_channels, store
from office import clock
from office.models import Office
from scheduling.models import Delegation

LOOKS_BACK = dt.timedelta(days=7)
"""Age of an ended delegation after which nobody is notified."""


def notify_of_delegation(delegation: Delegation, kind: Kind = Kind.STANDS_IN) -> None:
    """Notify both: the head who is away, and the person who stands in."""
    both = (delegation.source.user, delegation.appointment.user)
    notices = [
        Notice(delegation=delegation, kind=kind, recipient=user, created_at=clock.now()) for user in both
    ]
    if store((notice, staff_channels(user)) for notice, user in zip(notices, both, strict=True)):
        deliver_soon()


@transaction.atomic
def notify_of_ended_delegations() -> int:
    """Notify of delegations that have ended, early or by date. Return how many. Safe to run twice."""
    # A second process waits here, and then reads the notices of the first.
    list(Office.objects.select_for_update(no_key=True).values("pk"))
    since = clock.now() - LOOKS_BACK
    ended = Q(appointment__ended_at__gte=since) | Q(
        appointment__ended_at=None,
        appointment__ends__range=(clock.today() - LOOKS_BACK, clock.today() - dt.timedelta(days=1)),
    )
    notified = Notice.objects.filter(delegation=OuterRef("pk"), kind=Kind.STOOD_IN)
    found = Delegation.objects.filter(ended & ~Exists(notified)).select_related(
        "source__user", "appointment__user"
    )
    for delegation in found:
        notify_of_delegation(delegation, Kind.STOOD_IN)
    return len(found)
