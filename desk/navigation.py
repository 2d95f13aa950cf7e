"""The navigation of the staff, by role, and the context processor of office and user.

A group of one entry is a link of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.live import get_pulse
from documents.life import SIGNERS, list_waiting_papers
from kit.cache import get_edition
from notices.queries import count_unread
from office import rights
from office.access.accounts import get_login_ways
from office.access.sessions import get_closing_day, is_shut_out
from office.models import MenuLevel, Office, Role, User
from office.rights import Right
from office.words import get_words

MAX_COUNTED = 99

ALL = Right(*Role)
SUPERVISOR = Right(Role.SUPERVISOR)
SERVICE = Right(*set(Role) - {Role.SUPERVISOR})
"""The default: a Pengawas sees the entries that name the role."""


@dataclass(frozen=True)
class Entry:
    """One entry: URL name, label, icon, and who may open the page.

    `daily` has it in the menu from `level` on; by default that is everybody who may open it. The others find
    it on the page *Semua halaman*.
    """

    name: str
    label: Promise
    icon: str
    right: Right = SERVICE
    level: MenuLevel = MenuLevel.SMALL
    daily: Right | None = None

    def is_seen(self, roles: frozenset[Role], is_staff: bool) -> bool:
        """Return whether somebody with these roles may open it. The desk is there without a role, too."""
        return self.name == "desk" or self.right.belongs_to(roles, is_staff=is_staff)

    def is_in_menu(self, roles: frozenset[Role], is_staff: bool, level: MenuLevel) -> bool:
        daily = self.daily is None or self.daily.belongs_to(roles, is_staff=is_staff)
        return self.level <= level and daily and self.is_seen(roles, is_staff)


SECRETARIAT = Right(Role.SECRETARIAT)
KEEPERS = Right(Role.SECRETARIAT, Role.TIM_PKD)
WALK_IN = Entry("walk_in", _("Datang langsung"), "door", SECRETARIAT)
SENDERS = Right(Role.SECRETARIAT, Role.TIM_PKD, Role.DIVISION_HEAD, Role.OFFICER)
ABSENCE_KEEPERS = Right(Role.SECRETARIAT, Role.HEAD, Role.DIVISION_HEAD)
ADVISERS = Right(Role.DIVISION_HEAD, Role.OFFICER)
SERVERS = Right(Role.HEAD, Role.SECRETARY, Role.DIVISION_HEAD, Role.OFFICER)
TIM_PKD = Right(Role.TIM_PKD)
SMALL, USUAL, ALL_ENTRIES = MenuLevel

EVERYTHING = Entry("all_pages", _("Semua halaman"), "table", Right(*Role, administrators=True))
"""The page that lists what is not in the menu, too."""

GROUPS: tuple[tuple[Promise, tuple[Entry, ...]], ...] = (
    (_("Meja"), (Entry("desk", _("Meja kerja"), "desk"),)),
    (
        _("Permohonan"),
        (
            Entry("cases", _("Semua permohonan"), "table", ALL),
            Entry("agenda", _("Buku agenda"), "book", SERVICE, USUAL, TIM_PKD),
            Entry("registers", _("Buku dan register"), "table", rights.PRINT_REGISTERS, USUAL, KEEPERS),
            Entry("front_desk", _("Meja depan"), "people", rights.RECEIVE_GUESTS),
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
            Entry("dashboard", _("Dasbor"), "chart", rights.SEE_DASHBOARD, USUAL),
            Entry("reports", _("Laporan hasil konsultasi"), "file", SERVICE, USUAL, SERVERS),
            Entry("follow_ups", _("Tindak lanjut"), "flag", SERVICE, USUAL, SERVERS),
            Entry("surveys", _("Survei kepuasan"), "star", rights.READ_SURVEYS, USUAL),
        ),
    ),
    (
        _("Lainnya"),
        (
            Entry("advice_list", _("Bank saran"), "book", rights.READ_ADVICE, USUAL, ADVISERS),
            Entry("own_questions", _("Pertanyaan umum"), "chat", rights.PUBLISH_QUESTIONS, USUAL),
            Entry("admin:index", _("Pengaturan kantor"), "settings", rights.SET_UP),
            Entry("access_log", _("Catatan akses"), "lock", rights.READ_AUDIT_LOG, USUAL, SUPERVISOR),
            # The front desk leads to the board, the bell and the user's own menu to the other two.
            Entry("board", _("Papan layanan"), "door", SERVICE, ALL_ENTRIES, SECRETARIAT),
            Entry("notices", _("Pemberitahuan"), "bell", ALL, ALL_ENTRIES),
            Entry("absences", _("Berhalangan"), "absent", ABSENCE_KEEPERS, ALL_ENTRIES),
            Entry("statistics", _("Statistik untuk umum"), "people", SERVICE, ALL_ENTRIES),
            Entry("evidence", _("Map bukti"), "file", rights.EXPORT_PERIODS, ALL_ENTRIES),
            Entry("srikandi", _("Berkas untuk SRIKANDI"), "file", rights.EXPORT_PERIODS, ALL_ENTRIES),
            Entry("archive", _("Arsip"), "book", rights.READ_ARCHIVE, ALL_ENTRIES),
            Entry(
                "breaches",
                _("Kegagalan pelindungan data pribadi"),
                "alert",
                rights.REPORT_BREACHES,
                ALL_ENTRIES,
            ),
            Entry("access_changes", _("Perubahan akses"), "lock", rights.CHANGE_ACCESS, ALL_ENTRIES),
            Entry("systems", _("Sistem lain"), "send", rights.SEE_SYSTEMS, ALL_ENTRIES),
            EVERYTHING,
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
    papers = len(list_waiting_papers(user).values_list("pk")[:MAX_COUNTED]) if user.roles & SIGNERS else 0
    title = held[0].title if held else ""
    level = MenuLevel(Office.load().menu_level)
    return _build(str(user), title, frozenset(user.roles), user.is_staff, level, here, papers)


def list_all_pages(user: User) -> list[Group]:
    """Return the groups with all other pages that the user may open."""
    roles = frozenset(user.roles)
    return _list_groups(lambda entry: entry is not EVERYTHING and entry.is_seen(roles, user.is_staff))


MAX_FOUND = 5


def find_pages(user: User, text: str) -> list[Link]:
    """Return the pages that the user may open in whose name each word of `text` begins a word."""
    words = text.casefold().split()
    if not any(len(word) > 1 for word in words):
        return []
    pages = [link for group in list_all_pages(user) for link in group.links]
    names = [str(link.label).casefold().split() for link in pages]
    fits = [all(any(part.startswith(word) for part in name) for word in words) for name in names]
    return list(compress(pages, fits))[:MAX_FOUND]


@cache
def _list_urls() -> list[tuple[str, str]]:
    return [(entry.name, reverse(entry.name)) for entry in ENTRIES]


@lru_cache(maxsize=1024)
def _build(
    name: str,
    title: str,
    roles: frozenset[Role],
    is_staff: bool,
    level: MenuLevel,
    here: tuple[str, ...],
    papers: int,
) -> Navigation:
    groups = _list_groups(lambda entry: entry.is_in_menu(roles, is_staff, level), here, papers)
    walk_in = _link(WALK_IN, here) if WALK_IN.is_seen(roles, is_staff) else None
    return Navigation(
        name, title, groups, has_search=SERVICE.belongs_to(roles, is_staff=is_staff), walk_in=walk_in
    )


def _list_groups(
    is_shown: Callable[[Entry], bool], here: tuple[str, ...] = (), papers: int = 0
) -> list[Group]:
    groups = []
    for group, entries in GROUPS:
        if links := [_link(entry, here, papers) for entry in entries if is_shown(entry)]:
            groups.append(Group(group, links, is_single=len(entries) == 1))
    return groups


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
        "pulse": cache(lambda: get_pulse(cast(User, request.user))),
        "unread_number": cache(lambda: count_unread(request.user)),
        "login_ways": cache(get_login_ways),
        "closing_day": cache(lambda: request.user.is_authenticated and get_closing_day(request.user)),
        "is_shut_out": cache(lambda: request.user.is_authenticated and is_shut_out(request.user)),
        "searched": request.GET.get("q", ""),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
