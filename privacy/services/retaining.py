"""Retaining an ended case: it is excluded from erasure until somebody releases it (legal hold)."""

from consultations.models import Case
from consultations.workflow import transition
from office.models import User


def retain(case: Case, *, by: User, reason: str) -> None:
    """Exclude the case from erasure, for example because of a dispute or an audit."""
    with transition("retain", case, by=by, note=reason) as taken:
        taken.change(retained_because=reason)


def release(case: Case, *, by: User, reason: str) -> None:
    """Let the retention schedule apply again."""
    with transition("release", case, by=by, note=reason) as taken:
        taken.change(retained_because="")
