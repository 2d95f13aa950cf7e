"""The navigation of the staff, by role: groups of entries. A group of one entry is a link of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.queries import READERS as LOG_READERS
from consultations.parties import OFFICE_WIDE
from office.models import Role
from privacy.services.disposal import READERS as RETENTION_READERS
from reports.letters import REGISTRARS
from surveys.queries import READERS


@dataclass(frozen=True)
class Entry:
    """One entry: URL name, label, icon, and the roles that see it (empty: all roles)."""

    name: str
    label: Promise
    icon: str
    roles: frozenset[Role] = frozenset()


WALK_IN = Entry("walk_in", _("Datang langsung"), "door", frozenset({Role.SECRETARIAT}))
OTHERS = _("Lainnya")
ONLY_SUPERVISOR = frozenset({Role.SUPERVISOR})
ACCESS = Entry("access_changes", _("Perubahan akses"), "lock")
SYSTEMS = Entry("systems", _("Sistem lain"), "send")
SETTINGS = Entry("admin:index", _("Pengaturan kantor"), "settings")

GROUPS: tuple[tuple[Promise, tuple[Entry, ...]], ...] = (
    (_("Meja"), (Entry("desk", _("Meja kerja"), "desk"),)),
    (
        _("Permohonan"),
        (
            Entry("cases", _("Semua permohonan"), "table", frozenset(Role)),
            Entry("agenda", _("Buku agenda"), "book"),
            Entry(
                "registers",
                _("Buku dan register"),
                "table",
                frozenset({*Role} - {Role.OFFICER, Role.SUPERVISOR}),
            ),
            Entry("receive", _("Surat masuk"), "mail", frozenset({Role.SECRETARIAT})),
            WALK_IN,
            Entry("letters", _("Surat keluar"), "send", REGISTRARS),
            Entry(
                "messages",
                _("Pesan untuk dikirim"),
                "chat",
                frozenset({*Role} - {Role.HEAD, Role.SECRETARY, Role.SUPERVISOR}),
            ),
        ),
    ),
    (_("Kalender"), (Entry("calendar", _("Kalender"), "calendar"),)),
    (
        _("Laporan"),
        (
            Entry("dashboard", _("Dasbor"), "chart", frozenset({Role.HEAD, Role.DIVISION_HEAD})),
            Entry("reports", _("Laporan hasil konsultasi"), "file"),
            Entry("follow_ups", _("Tindak lanjut"), "flag"),
            Entry("surveys", _("Survei kepuasan"), "star", READERS),
            Entry("statistics", _("Statistik untuk umum"), "people"),
            Entry("evidence", _("Map bukti"), "file", frozenset(OFFICE_WIDE)),
            Entry("srikandi", _("Berkas untuk SRIKANDI"), "file", frozenset(OFFICE_WIDE)),
            Entry("board", _("Papan layanan"), "door"),
        ),
    ),
    (
        OTHERS,
        (
            Entry("notices", _("Pemberitahuan"), "bell", frozenset(Role)),
            Entry(
                "absences",
                _("Berhalangan"),
                "absent",
                frozenset({Role.SECRETARIAT, Role.HEAD, Role.DIVISION_HEAD}),
            ),
            Entry("advice_list", _("Bank saran"), "book"),
            Entry("own_questions", _("Pertanyaan umum"), "chat", frozenset({Role.DIVISION_HEAD})),
            Entry("retention", _("Retensi arsip"), "book", RETENTION_READERS),
            Entry("breaches", _("Kegagalan data"), "alert", frozenset({Role.HEAD})),
            Entry("access_log", _("Catatan akses"), "lock", LOG_READERS),
        ),
    ),
)
"""Groups from left to right, by title."""


ENTRIES = (*(entry for _title, entries in GROUPS for entry in entries), ACCESS, SYSTEMS, SETTINGS)


@dataclass(frozen=True)
class Link:
    url: str
    label: Promise
    icon: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """A group of the navigation, with the links that the user may follow. A single one is shown as a link."""

    title: Promise
    links: list[Link]
    is_single: bool

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)


@dataclass(frozen=True, eq=False)
class Navigation:
    """Name and title of the user, and the groups of links, with the current entries marked.

    `has_search` says whether the search box is shown. `walk_in` is the shortcut to the form for a walk-in,
    for the Sekretariat. Equal ones are the same object.
    """

    name: str = ""
    title: str = ""
    groups: Sequence[Group] = ()
    has_search: bool = False
    walk_in: Link | None = None


NOBODY = Navigation()


def get_navigation(request: HttpRequest) -> Navigation:
    """Return the navigation for the user of this request."""
    user = request.user
    if not user.is_authenticated:
        return NOBODY
    held = user.current_appointments
    here = tuple(name for name, url in _list_urls() if request.path.startswith(url))
    return _build(str(user), held[0].title if held else "", frozenset(user.roles), user.is_staff, here)


@cache
def _list_urls() -> list[tuple[str, str]]:
    return [(entry.name, reverse(entry.name)) for entry in ENTRIES]


@lru_cache(maxsize=1024)
def _build(
    name: str, title: str, roles: frozenset[Role], is_staff: bool, here: tuple[str, ...]
) -> Navigation:
    """Return the navigation of a user on the pages of the entries `here`."""
    groups = []
    for group, entries in GROUPS:
        seen = [entry for entry in entries if _is_seen(entry, roles)]
        if group == OTHERS and (is_staff or Role.HEAD in roles):
            seen += [ACCESS, SYSTEMS]
        elif group == OTHERS and Role.DIVISION_HEAD in roles:
            seen.append(SYSTEMS)
        if group == OTHERS and is_staff:
            seen.append(SETTINGS)
        if seen:
            groups.append(Group(group, [_link(entry, here) for entry in seen], is_single=len(entries) == 1))
    walk_in = _link(WALK_IN, here) if _is_seen(WALK_IN, roles) else None
    return Navigation(name, title, groups, has_search=bool(roles - ONLY_SUPERVISOR), walk_in=walk_in)


def _is_seen(entry: Entry, roles: frozenset[Role]) -> bool:
    """Return whether somebody with these roles sees an entry. The desk is there without a role, too.

    A Pengawas sees the entries that name the role.
    """
    if entry.name == "desk":
        return True
    return bool(entry.roles & roles if entry.roles else roles - ONLY_SUPERVISOR)


def _link(entry: Entry, here: tuple[str, ...]) -> Link:
    return Link(reverse(entry.name), entry.label, entry.icon, is_current=entry.name in here)
