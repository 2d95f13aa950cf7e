"""The command `delete_audit_log`: deletes what the audit log no longer has to keep."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.translation import gettext as _

from consultations.audit.models import AuditEntry
from kit import clock, records
from office.models import RetentionRule
from office.worktime import in_office
from trust.privacy.models import Disposal


@transaction.atomic
def delete_old_years() -> int:
    """Delete the entries of the calendar years before approved lists; return their number.

    The triggers of the table are removed and created again, which only its owner can do.
    """
    approved = Disposal.objects.filter(rule=RetentionRule.Kind.AUDIT, is_approved=True, done_at=None)
    days = list(approved.values_list("before", flat=True))
    if not days:
        return 0
    table = AuditEntry._meta.db_table
    records.remove(connection, table)
    end = min(max(days), clock.today()).replace(month=1, day=1)
    number, _by_model = AuditEntry.objects.filter(at__lt=clock.midnight(end)).delete()
    records.install(connection, table)
    for disposal in approved:
        disposal.done_at = clock.now()
        disposal.save(update_fields=["done_at"])
    return number


class Command(BaseCommand):
    help = _(
        "Menghapus catatan akses tahun-tahun yang pemusnahannya disetujui pimpinan kantor. Tanpa persetujuan "
        "tidak ada yang dihapus."
    )

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("%(number)s catatan dihapus.") % {"number": delete_old_years()})
