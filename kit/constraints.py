"""Check constraints in a line: what the database accepts."""

from django.db.models import CheckConstraint, Q


def constraint(name: str, condition: Q) -> CheckConstraint:
    """Return a check constraint. Its name says the rule: `entered_after_it_happened`."""
    return CheckConstraint(name=name, condition=condition)
