"""The navigation of the staff, by role."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.models import Role


@dataclass(frozen=True)
class Entry:
    """One entry: URL name, label, and the roles that see it (empty: all roles)."""

    name: str
    label: Promise
    roles: frozenset[Role] = frozenset()


ENTRIES = (
    Entry("desk", _("Meja kerja")),
    Entry("walk_in", _("Datang langsung"), frozenset({Role.SECRETARIAT})),
    Entry("receive", _("Surat masuk"), frozenset({Role.SECRETARIAT})),
    Entry("cases", _("Permohonan")),
    Entry("agenda", _("Buku agenda")),
    Entry("calendar", _("Kalender")),
    Entry("dashboard", _("Dasbor"), frozenset({Role.HEAD, Role.DIVISION_HEAD})),
    Entry("reports", _("Laporan")),
    Entry("follow_ups", _("Tindak lanjut")),
    Entry("messages", _("Pesan"), frozenset({*Role} - {Role.HEAD})),
    Entry("surveys", _("Survei"), frozenset({Role.SECRETARIAT, Role.TIM_PKD, Role.HEAD})),
    Entry("statistics", _("Statistik")),
)
SETTINGS = Entry("admin:index", _("Pengaturan"))


@dataclass(frozen=True)
class Link:
    url: str
    label: Promise
    is_current: bool


def links(request: HttpRequest) -> list[Link]:
    """Return the entries for the user of this request, with the current one marked."""
    user = request.user
    if not user.is_authenticated:
        return []
    roles = {Role(appointment.position.role) for appointment in user.current_appointments}
    seen = [e for e in ENTRIES if e.name == "desk" or (e.roles & roles if e.roles else roles)]
    if user.is_staff:
        seen.append(SETTINGS)
    urls = [(entry, reverse(entry.name)) for entry in seen]
    return [Link(url, entry.label, request.path.startswith(url)) for entry, url in urls]
