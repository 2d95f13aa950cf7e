"""The navigation of the staff, by role, and the context processor of office and user.

A group of one entry is a link of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit.cache import get_edition
from notices.queries import count_unread
from office import rights
from office.access.accounts import get_login_ways
from office.access.sessions import get_closing_day, is_shut_out
from office.models import Office, Role
from office.rights import Right
from office.words import get_words
from reports.documents.signing_desk import SIGNERS, list_turns

MAX_COUNTED = 99

ALL = Right(*Role)
SERVICE = Right(*set(Role) - {Role.SUPERVISOR})
"""The default: a Pengawas sees the entries that name the role."""


@dataclass(frozen=True)
class Entry:
    """One entry: URL name, label, icon, and who sees it: for whom the page is of use, among those who may."""

    name: str
    label: Promise
    icon: str
    right: Right = SERVICE


SECRETARIAT = Right(Role.SECRETARIAT)
WALK_IN = Entry("walk_in", _("Datang langsung"), "door", SECRETARIAT)
SENDERS = Right(Role.SECRETARIAT, Role.TIM_PKD, Role.DIVISION_HEAD, Role.OFFICER)
ABSENCE_KEEPERS = Right(Role.SECRETARIAT, Role.HEAD, Role.DIVISION_HEAD)

GROUPS: tuple[tuple[Promise, tuple[Entry, ...]], ...] = (
    (_("Meja"), (Entry("desk", _("Meja kerja"), "desk"),)),
    (
        _("Permohonan"),
        (
            Entry("cases", _("Semua permohonan"), "table", ALL),
            Entry("agenda", _("Buku agenda"), "book"),
            Entry("registers", _("Buku dan register"), "table", rights.PRINT_REGISTERS),
            Entry("receive", _("Surat masuk"), "mail", SECRETARIAT),
            WALK_IN,
            Entry("signature_desk", _("Tanda tangan"), "pen", rights.USE_SIGNATURE_DESK),
            Entry("letters", _("Surat keluar"), "send", rights.NUMBER_LETTERS),
            Entry("messages", _("Pesan untuk dikirim"), "chat", SENDERS),
        ),
    ),
    (_("Kalender"), (Entry("calendar", _("Kalender"), "calendar"),)),
    (
        _("Laporan"),
        (
            Entry("dashboard", _("Dasbor"), "chart", rights.SEE_DASHBOARD),
            Entry("reports", _("Laporan hasil konsultasi"), "file"),
            Entry("follow_ups", _("Tindak lanjut"), "flag"),
            Entry("surveys", _("Survei kepuasan"), "star", rights.READ_SURVEYS),
            Entry("statistics", _("Statistik untuk umum"), "people"),
            Entry("evidence", _("Map bukti"), "file", rights.EXPORT_PERIODS),
            Entry("srikandi", _("Berkas untuk SRIKANDI"), "file", rights.EXPORT_PERIODS),
            Entry("board", _("Papan layanan"), "door"),
        ),
    ),
    (
        _("Lainnya"),
        (
            Entry("notices", _("Pemberitahuan"), "bell", ALL),
            Entry("absences", _("Berhalangan"), "absent", ABSENCE_KEEPERS),
            Entry("advice_list", _("Bank saran"), "book", rights.READ_ADVICE),
            Entry("own_questions", _("Pertanyaan umum"), "chat", rights.PUBLISH_QUESTIONS),
            Entry("archive", _("Arsip"), "book", rights.READ_ARCHIVE),
            Entry("breaches", _("Kegagalan pelindungan data pribadi"), "alert", rights.REPORT_BREACHES),
            Entry("access_log", _("Catatan akses"), "lock", rights.READ_AUDIT_LOG),
            Entry("access_changes", _("Perubahan akses"), "lock", rights.CHANGE_ACCESS),
            Entry("systems", _("Sistem lain"), "send", rights.SEE_SYSTEMS),
            Entry("admin:index", _("Pengaturan kantor"), "settings", rights.SET_UP),
        ),
    ),
)
"""Groups from left to right, by title."""


ENTRIES = tuple(entry for _title, entries in GROUPS for entry in entries)


@dataclass(frozen=True)
class Link:
    url: str
    label: Promise
    icon: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True)
class Group:
    """A group of the navigation, with the links that the user may follow. A single one is shown as a link."""

    title: Promise
    links: list[Link]
    is_single: bool

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)

    @property
    def count(self) -> int:
        return sum(link.count for link in self.links)


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
    user = request.user
    if not user.is_authenticated:
        return NOBODY
    held = user.current_appointments
    here = tuple(name for name, url in _list_urls() if request.path.startswith(url))
    papers = len(list_turns(user).values_list("pk")[:MAX_COUNTED]) if user.roles & SIGNERS else 0
    title = held[0].title if held else ""
    return _build(str(user), title, frozenset(user.roles), user.is_staff, here, papers)


@cache
def _list_urls() -> list[tuple[str, str]]:
    return [(entry.name, reverse(entry.name)) for entry in ENTRIES]


@lru_cache(maxsize=1024)
def _build(
    name: str, title: str, roles: frozenset[Role], is_staff: bool, here: tuple[str, ...], papers: int
) -> Navigation:
    groups = []
    for group, entries in GROUPS:
        seen = [entry for entry in entries if _is_seen(entry, roles, is_staff)]
        if seen:
            links = [_link(entry, here, papers) for entry in seen]
            groups.append(Group(group, links, is_single=len(entries) == 1))
    walk_in = _link(WALK_IN, here) if _is_seen(WALK_IN, roles, is_staff) else None
    return Navigation(
        name, title, groups, has_search=SERVICE.belongs_to(roles, is_staff=is_staff), walk_in=walk_in
    )


def _is_seen(entry: Entry, roles: frozenset[Role], is_staff: bool) -> bool:
    """Return whether somebody with these roles sees an entry. The desk is there without a role, too."""
    return entry.name == "desk" or entry.right.belongs_to(roles, is_staff=is_staff)


def _link(entry: Entry, here: tuple[str, ...], papers: int = 0) -> Link:
    count = papers if entry.name == "signature_desk" else 0
    return Link(reverse(entry.name), entry.label, entry.icon, is_current=entry.name in here, count=count)


def office(request: HttpRequest) -> dict[str, object]:
    # Templates call functions. A lazy object would be remembered as the value of a part, with the request.
    return {
        "office": cache(Office.load),
        "word": cache(get_words),
        "edition": cache(get_edition),
        "navigation": cache(lambda: get_navigation(request)),
        "unread_number": cache(lambda: count_unread(request.user)),
        "login_ways": cache(get_login_ways),
        "closing_day": cache(lambda: request.user.is_authenticated and get_closing_day(request.user)),
        "is_shut_out": cache(lambda: request.user.is_authenticated and is_shut_out(request.user)),
        "searched": request.GET.get("q", ""),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
