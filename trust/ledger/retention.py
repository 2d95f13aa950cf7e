"""The deletion of old years of the audit log, in a way that the verification knows."""

from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from consultations.audit.models import AuditEntry
from kit import clock, records
from office.models import RetentionRule
from trust.ledger.chain import append_leaves, lock_chain
from trust.ledger.models import AuditDeletion, Disposal, Leaf
from trust.ledger.parts import AUDIT


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
