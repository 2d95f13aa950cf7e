"""The deletion of old years of the audit log, in a way that the verification knows."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from audit.models import AuditEntry
from consultations import append_only
from ledger.chain import append_leaves, lock_chain
from ledger.models import AuditDeletion, Leaf
from ledger.parts import AUDIT
from office import clock


def delete_old_years() -> int:
    """Delete the entries of calendar years that ended more than AUDIT_DAYS days ago; return their number.

    0 days: keep all. The year of an entry is that of its leaf, which nobody can choose. Leaves stay. The
    triggers are removed and created again within the transaction.
    """
    if not settings.AUDIT_DAYS:
        return 0
    first_kept = (clock.today() - dt.timedelta(days=settings.AUDIT_DAYS)).year
    leaves = Leaf.objects.filter(part=AUDIT.number, year__lt=first_kept)
    keys = leaves.annotate(row=Cast("key", BigIntegerField())).values("row")
    table = AuditEntry._meta.db_table
    with transaction.atomic():
        lock_chain()
        append_only.remove(connection, table)
        number, _by_model = AuditEntry.objects.filter(pk__in=keys).delete()
        append_only.install(connection, table)
        if number:
            AuditDeletion.objects.create(first_kept=first_kept, rows=number)
    append_leaves()
    return number


def get_first_kept() -> int:
    """Return the first year of the chain whose audit rows must exist. Never later than this year."""
    years = AuditDeletion.objects.values_list("first_kept", flat=True)
    return min(max(years, default=0), clock.today().year)
