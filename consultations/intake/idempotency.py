"""The idempotency key of a request: one submission token makes one case, however often it is sent."""

import hashlib
import secrets
from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError

from consultations.models import Case
from kit.refusal import Refused


def new_token() -> UUID:
    """Return a submission token: 128 random bits. A random UUID of the standard has 122."""
    return UUID(bytes=secrets.token_bytes(16))


def hash_submission(token: UUID) -> UUID:
    """Return the first 128 bits of the SHA-256 of a submission token.

    The token leads to the draft and to the applicant's secret link, so the database stores this instead.
    """
    return UUID(bytes=hashlib.sha256(token.bytes).digest()[:16])


def case_for_token(token: UUID) -> Case | None:
    """Return the case that was created with this submission token."""
    return case_of_submission(hash_submission(token))


def case_of_submission(submission_hash: UUID) -> Case | None:
    """Return the case that was created with this hash of a submission token."""
    return Case.objects.filter(submission_hash=submission_hash).first()


def create_once(submission_hash: UUID, create: Callable[[], Case]) -> Case:
    """Return the case that `create` makes, or the case that was created with this submission before.

    The unique constraint on `Case.submission_hash` decides between requests that run at the same time.
    Raise what `create` raises if there is no such case. `create` must roll back its own writes.
    """
    try:
        return create()
    except (IntegrityError, Refused):
        if case := case_of_submission(submission_hash):
            return case
        raise
