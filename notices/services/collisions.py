"""Tell officers of their sessions for which the office is closed, e.g. since a new holiday."""

from django.db import transaction
from django.tasks import task

from notices.models import Kind, Notice
from notices.services.delivery import deliver_soon
from notices.services.outbox import staff_channels, store, supersede
from office import clock
from office.models import Office
from scheduling.collisions import list_collisions
from scheduling.models import Session


@task()
def notify_of_collisions() -> int:
    """Notify the officer of each such session once. Return the number of new notices.

    A notice whose session no longer collides is superseded. Safe to run twice and in several processes.
    """
    with transaction.atomic():
        # A second process waits here, and then reads the notices of the first. Sessions and cases are not
        # locked, because steps lock them in another order.
        list(Office.objects.select_for_update(no_key=True).values("pk"))
        found = list_collisions()
        current = Notice.objects.filter(kind=Kind.COLLISION, superseded_at=None)
        supersede(
            current.exclude(case__in=[session.case_id for session in found]),
            because="kantor buka pada waktu konsultasi",
        )
        notified = set(current.values_list("case", "recipient"))
        new = [session for session in found if (session.case_id, session.officer_id) not in notified]
        if store((_build(session), staff_channels(session.officer)) for session in new):
            deliver_soon()
    return len(new)


def _build(session: Session) -> Notice:
    return Notice(case=session.case, kind=Kind.COLLISION, recipient=session.officer, created_at=clock.now())
