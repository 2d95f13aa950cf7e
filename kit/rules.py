"""A rule written once: a `Q` selects rows in the database, and `holds()` asks the same of one record.

Lookups: exact, in, isnull, lt, lte, gt, gte; a path may follow foreign keys. NULL is as in a filter of
Django: no comparison holds for it, and a negated one does.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet

LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "in": lambda value, wanted: value in map(_to_key, _read_anew(wanted)),
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def holds(rule: Q, record: Model) -> bool:
    """Return whether a record fulfils a rule. Raise ValueError for a lookup that is not listed above."""
    if rule.connector not in (Q.AND, Q.OR):
        raise ValueError(rule.connector)
    parts = (holds(part, record) if isinstance(part, Q) else _compare(part, record) for part in rule.children)
    if not rule.children:
        return True
    found = any(parts) if rule.connector == Q.OR else all(parts)
    return found is not rule.negated


def _compare(leaf: Any, record: Model) -> bool:
    path, wanted = leaf
    *names, lookup = path.split("__")
    if lookup == "isnull":
        return (_read(record, names) is None) is wanted
    if lookup not in LOOKUPS:
        names, lookup = [*names, lookup], "exact"
    value = _read(record, names)
    if value is None:
        return lookup == "exact" and wanted is None
    return LOOKUPS[lookup](value, _to_key(wanted))


def _read(record: Model, names: Sequence[str]) -> Any:
    """Return the value at the end of a path. The key of a related record costs no query."""
    value: Any = record
    for name in names[:-1]:
        if (value := getattr(value, name)) is None:
            return None
    if not isinstance(value, Model):
        raise ValueError(names)
    return _to_key(getattr(value, f"{names[-1]}_id", None) or getattr(value, names[-1]))


def _read_anew(wanted: Any) -> Any:
    """Return a query that has read no rows yet. A rule may be kept longer than its rows are true."""
    return wanted.all() if isinstance(wanted, QuerySet) else wanted


def _to_key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
