"""The command `delete_audit_log`: deletes what the audit log no longer has to keep."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from office.worktime import in_office
from trust.ledger.chain import delete_old_years


class Command(BaseCommand):
    help = _(
        "Menghapus catatan akses tahun-tahun yang pemusnahannya disetujui pimpinan kantor. Tanpa persetujuan "
        "tidak ada yang dihapus."
    )

    @in_office()
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("%(number)s catatan dihapus.") % {"number": delete_old_years()})
