"""The idempotency key of a request: one submission token makes one case, however often it is sent."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError

from consultations.models import Case
from consultations.workflow import Refused


def case_for_token(token: UUID) -> Case | None:
    """Return the case that was created with this submission token."""
    return Case.objects.filter(submission_token=token).first()


def create_once(token: UUID | None, create: Callable[[], Case]) -> Case:
    """Return the case that `create` makes, or the case that was created with `token` before.

    The unique constraint on `Case.submission_token` decides between requests that run at the same time.
    Raise what `create` raises if there is no such case. `create` must roll back its own writes.
    """
    try:
        return create()
    except (IntegrityError, Refused):
        if token and (case := case_for_token(token)):
            return case
        raise
