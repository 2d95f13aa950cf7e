"""Keeps the involvements of a case equal to its officer and companions."""

from typing import Any

from django.dispatch import receiver

from consultations.models import Case, Event, Involvement
from consultations.signals import step_taken


@receiver(step_taken)
def follow_step(sender: type[Case], case: Case, event: Event, before: dict[str, Any], **more: Any) -> None:
    """Store the involvements after a step that may have named an officer."""
    if "officer" in before or (not event.source and case.officer_id):
        store_involvements(case, are_first=before.get("officer") is None)


def store_involvements(case: Case, *, are_first: bool = False) -> None:
    """Make the involvements of a case those of its officer and its companions."""
    involved = {person.pk for person in case.list_companions()}
    if case.officer_id:
        involved.add(case.officer_id)
    if not are_first:
        case.involvements.exclude(user__in=involved).delete()
    Involvement.objects.bulk_create(
        (Involvement(case=case, user_id=user) for user in sorted(involved)), ignore_conflicts=True
    )
