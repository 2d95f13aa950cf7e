"""Notify of changes of access: who decides, whom they concern, and the Kepala Dinas."""

from notices.models import Kind, Notice
from notices.services.delivery import deliver_soon
from notices.services.outbox import staff_channels, store
from office import clock
from office.access_changes import list_deciders, list_watchers
from office.models import AccessChange, Office, User


def notify_of_proposal(change: AccessChange) -> None:
    """Notify the person concerned, all who could decide, and the watchers, but not the proposer."""
    _notify(change, Kind.ACCESS_PROPOSED, without=change.proposed_by)


def notify_of_decision(change: AccessChange) -> None:
    """Notify the same people and the proposer, but not the decider."""
    _notify(change, Kind.ACCESS_DECIDED, without=change.decided_by or change.proposed_by)


def _notify(change: AccessChange, kind: Kind, *, without: User) -> None:
    """Store the notices and send them. Before the service opens, people get an invitation instead."""
    if not Office.load().is_open:
        return
    people = {*list_deciders(), *list_watchers(change), change.user, change.proposed_by} - {without}
    notices = [
        Notice(access_change=change, kind=kind, recipient=user, created_at=clock.now())
        for user in sorted(people, key=lambda user: user.pk)
    ]
    if store((notice, staff_channels(notice.recipient)) for notice in notices if notice.recipient):
        deliver_soon()
