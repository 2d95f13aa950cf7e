"""Erasures of sealed content: stored with the hash of what is left, and explained to the verification."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import F, Q

from trust.ledger.chain import RowKey, hash_rows
from trust.ledger.models import Disposal, Erasure


def store_erasures(disposal: Disposal, keys: Iterable[RowKey]) -> None:
    """Store that these parts of rows were erased just now, in the caller's transaction.

    A part that was erased before keeps its first erasure.
    """
    known = list_erasures(keys := list(keys))
    Erasure.objects.bulk_create(
        Erasure(disposal=disposal, part=part, key=key, row_hash=row_hash)
        for (part, key), row_hash in hash_rows(keys).items()
        if (part, key) not in known
    )


class Erased(NamedTuple):
    """The disposal under which a part of a row was erased, and its hash since then."""

    disposal: int
    row_hash: bytes


def list_erasures(keys: Iterable[RowKey]) -> dict[RowKey, Erased]:
    """Return the erasures of these parts of rows: one query for each part."""
    by_part = defaultdict(list)
    for part, key in keys:
        by_part[part].append(key)
    found = {}
    for part, of_part in by_part.items():
        rows = Erasure.objects.filter(part=part, key__in=of_part)
        for key, disposal, row_hash in rows.values_list("key", "disposal", "row_hash"):
            found[part, key] = Erased(disposal, bytes(row_hash))
    return found


def check_approvals() -> Iterator[str]:
    """Yield the disposals that erased something without an approval before it."""
    approved = Q(disposal__is_approved=True, at__gte=F("disposal__decided_at"))
    for pk in Erasure.objects.exclude(approved).order_by().values_list("disposal", flat=True).distinct():
        yield f"{Disposal._meta.db_table} {pk}: records were erased without its approval"
