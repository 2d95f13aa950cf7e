"""The audit log as a file: the rows of its page, all of them."""

from collections.abc import Iterable
from operator import attrgetter

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from audit.filters import AuditFilter
from audit.models import AuditEntry
from audit.views import FIELDS
from consultations.pagination import only
from desk.exports.table import CODE_HEADING, Table, read
from office import rights
from office.models import User
from reports.spreadsheet import Column


def _list_entries(user: User, params: QueryDict) -> Iterable[AuditEntry]:
    rights.READ_AUDIT_LOG.check(user)
    return read(only(AuditFilter(params, user).qs, FIELDS).order_by("-pk"))


ACCESS_LOG = Table(
    "catatan-akses",
    _("Catatan akses"),
    ("access_log",),
    (
        Column(_("Waktu"), attrgetter("at"), 20),
        Column(_("Nama"), lambda entry: str(entry.user or ""), 28),
        Column(_("Selaku"), attrgetter("acted_as"), 32),
        Column(_("Perbuatan"), AuditEntry.get_act_display, 28),
        Column(_("Yang dibuka atau diubah"), attrgetter("target"), 50),
        Column(CODE_HEADING, lambda entry: entry.case.code if entry.case else "", 14),
        Column(_("Jaringan"), attrgetter("address"), 20),
    ),
    _list_entries,
)
