"""Tell of sessions that cannot be held as planned: the office is closed, or the officer is away."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.tasks import task

from consultations.models import Case
from notices.models import STEPLESS, Kind, Notice
from notices.services.delivery import deliver_soon
from notices.services.outbox import staff_channels, store, supersede
from office import clock
from office.models import Appointment, Office, Role, User
from scheduling.collisions import list_collisions, list_sessions_without_officer

NO_LONGER = {
    Kind.COLLISION: "kantor buka pada waktu konsultasi",
    Kind.ABSENT: "petugas ada pada waktu konsultasi",
}
"""Why a notice is superseded (Indonesian, for the record)."""

type Wanted = tuple[Case, Kind, User]


@task()
def notify_of_collisions() -> int:
    """Notify of each such session once. Return the number of new notices.

    A notice whose session no longer collides is superseded. Safe to run twice and in several processes.
    """
    with transaction.atomic():
        # A second process waits here, and then reads the notices of the first. Sessions and cases are not
        # locked, because steps lock them in another order.
        list(Office.objects.select_for_update(no_key=True).values("pk"))
        wanted = [*_list_closed(), *_list_absent()]
        current = Notice.objects.filter(kind__in=STEPLESS, superseded_at=None)
        for kind, because in NO_LONGER.items():
            cases = [case.pk for case, wanted_kind, _user in wanted if wanted_kind == kind]
            among = Notice.objects.filter(kind=kind)
            supersede(current.filter(kind=kind).exclude(case__in=cases), among=among, because=because)
        notified = set(current.values_list("case", "kind", "recipient"))
        new = [one for one in wanted if (one[0].pk, one[1], one[2].pk) not in notified]
        if store((_build(*one), staff_channels(one[2])) for one in new):
            deliver_soon()
    return len(new)


def _list_closed() -> Iterator[Wanted]:
    """Yield the officers of sessions for which the office is closed."""
    for session in list_collisions():
        yield session.case, Kind.COLLISION, session.officer


def _list_absent() -> Iterator[Wanted]:
    """Yield the other heads of the divisions whose officers are away at the time of a session."""
    sessions = list_sessions_without_officer()
    heads: dict[int | None, list[User]] = {}
    divisions = {session.case.division_id for session in sessions}
    held = Appointment.objects.current().filter(
        Q(position__role=Role.DIVISION_HEAD), position__division__in=divisions
    )
    for one in held.select_related("user", "position") if sessions else ():
        heads.setdefault(one.position.division_id, []).append(one.user)
    for session in sessions:
        excluded = {session.officer_id, session.case.complained_about_id}
        for head in dict.fromkeys(heads.get(session.case.division_id, ())):
            if head.pk not in excluded:
                yield session.case, Kind.ABSENT, head


def _build(case: Case, kind: Kind, recipient: User) -> Notice:
    return Notice(case=case, kind=kind, recipient=recipient, created_at=clock.now())
