"""Approved erasures of sealed content and deletions of the audit log, as the verification knows them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast

from consultations.audit.models import AuditEntry
from kit import clock, records
from office.models import RetentionRule
from trust.ledger.chain import RowKey, append_leaves, hash_rows, lock_chain
from trust.ledger.models import AuditDeletion, Disposal, Erasure, Leaf
from trust.ledger.parts import AUDIT


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


def delete_old_years() -> int:
    """Delete the entries of the calendar years before approved disposals; return their number.

    The year of an entry is that of its leaf, which nobody can choose. Leaves stay. The triggers are removed
    and created again within the transaction.
    """
    approved = Disposal.objects.filter(rule=RetentionRule.Kind.AUDIT, is_approved=True, done_at=None)
    if not (days := list(approved.values_list("before", flat=True))):
        return 0
    first_kept = max(days).year
    leaves = Leaf.objects.filter(part=AUDIT.number, year__lt=first_kept)
    keys = leaves.annotate(row=Cast("key", BigIntegerField())).values("row")
    table = AuditEntry._meta.db_table
    with transaction.atomic():
        lock_chain()
        records.remove(connection, table)
        number, _by_model = AuditEntry.objects.filter(pk__in=keys).delete()
        records.install(connection, table)
        if number:
            AuditDeletion.objects.create(first_kept=first_kept, rows=number)
        approved.update(done_at=clock.now())
    append_leaves()
    return number


def get_first_kept() -> int:
    """Return the first year of the chain whose audit rows must exist. Never later than this year."""
    years = AuditDeletion.objects.values_list("first_kept", flat=True)
    return min(max(years, default=0), clock.today().year)
