"""The order of the desk, which indexes have: cases marked Segera or Sangat Segera first, then by deadline."""

from django.db.models import F, Func, IntegerField
from django.db.models.lookups import IsNull


class IsUnmarked(Func):
    """1 for normal urgency, else 0.

    It has no parameters: SQLite uses an index on an expression only if the query has the same text.
    """

    template = "CASE WHEN %(expressions)s = 'NORMAL' THEN 1 ELSE 0 END"
    output_field = IntegerField()


MOST_URGENT_FIRST = (IsUnmarked("urgency"), IsNull(F("due_at"), True), "due_at", "since", "id")
"""Cases without a deadline come after the others. In an index, the databases sort NULL differently."""
