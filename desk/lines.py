"""Lines of the desk for work that is no step of a case. A line leads to the page of all work of its kind."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.deadlines import END_OF_DAY
from consultations.enums import PaperTurn, Party, Task
from consultations.models import WorkItem
from consultations.parties import excluding_complaints_about, served_by
from consultations.queries import list_uncoded
from consultations.scheduling.whose_work import waits_for
from consultations.work import MAIN
from desk.waiting import MARKED_SOON, Section
from documents.life import without_idle_papers
from kit import clock
from notices.queries import count_late, may_share_links, messages_to_handle
from office.models import Role, User

MAX_COUNTED = 100
"""Maximum number of rows of a kind that are counted."""

MAX_READ = 1000
"""Work items that one query counts, of all kinds together."""

WATCHING = {Role.TIM_PKD, Role.HEAD, Role.DIVISION_HEAD, Role.OFFICER}
"""Roles that watch cases while these wait for others."""


class Line(NamedTuple):
    """One line for several things: work items of `kinds`, or rows that another table counts.

    `late` are those of them whose time has passed, and `due` is the earliest limit of the others. Work that
    waits is for today, unless it is opened days `ahead` of its limit.
    """

    name: str
    icon: str
    page: str
    title: Promise
    action: Promise
    kinds: tuple[str, ...] = ()
    query: str = ""
    ahead: bool = False
    number: int = 0
    late: int = 0
    due: dt.datetime | None = None

    @property
    def section(self) -> Section:
        now = clock.now()
        if self.late:
            return Section.LATE
        if self.due and self.due - now <= MARKED_SOON and not self.ahead:
            return Section.URGENT
        is_today = not self.ahead or self.due is None or timezone.localdate(self.due) == clock.today()
        return Section.TODAY if is_today else Section.NEXT

    @property
    def until(self) -> str:
        """The limit of the first in words: a time of today, or a day."""
        if self.due is None:
            return ""
        due = timezone.localtime(self.due)
        is_today = due.date() == clock.today() and due.time() != END_OF_DAY
        return gettext("Paling dekat %(at)s") % {
            "at": time_format(due) if is_today else date_format(due, "D j M")
        }


# fmt: off
LINES = (
    Line("held", "warning", "held_drafts", _("Kiriman yang perlu dilihat"), _("Periksa"), (Task.DRAFT,)),
    Line("waiting-messages", "chat", "messages", _("Pesan untuk dikirim"), _("Kirim pesan")),
    Line("papers", "pen", "signature_desk", _("Surat yang menunggu Anda"), _("Buka Tanda tangan"),
         tuple(PaperTurn.values)),
    Line("letters", "mail", "letters", _("Surat keluar menunggu nomor"), _("Isi nomor"),
         (Task.NUMBER, Task.NUMBER_FIRST)),
    Line("uncoded", "door", "agenda", _("Datang langsung tanpa kode klasifikasi"), _("Isi kode"),
         query="#tanpa-kode"),
    Line("on-paper", "print", "signature_desk", _("Surat menunggu dicetak atau difoto"), _("Cetak dan foto"),
         (Task.PRINT,), "#cetak"),
    Line("unsent", "send", "signature_desk", _("Surat menunggu dikirim"), _("Lihat surat"), (Task.SEND,),
         "#belum-dikirim"),
    Line("follow-ups", "flag", "follow_ups", _("Tindak lanjut yang hampir atau sudah lewat waktu"),
         _("Catat tindak lanjut"), (Task.FOLLOW_UP,), ahead=True),
    Line("disposals", "book", "archive", _("Usul pemusnahan menunggu keputusan"), _("Periksa usul"),
         (Task.DISPOSAL,)),
    Line("systems", "send", "systems", _("Sistem lain menunggu token dari Anda"), _("Periksa usul"),
         (Task.SYSTEM,)),
    Line("elsewhere", "people", "cases", _("Menunggu orang lain, sudah terlambat"), _("Lihat"),
         query="?late=on"),
)
# fmt: on
BY_KIND = {kind: line.name for line in LINES for kind in line.kinds}


def list_lines(user: User, rule: Q) -> list[Line]:
    """Return what waits for the user beside steps. `rule` is `waits_for(user)`.

    Each number ends at MAX_COUNTED + 1.
    """
    lines = {line.name: line for line in LINES}
    for row in _count_items(user):
        found = lines[BY_KIND[row["kind"]]]
        dues = [due for due in (found.due, row["due"]) if due]
        number, late = found.number + row["number"], found.late + row["late"]
        lines[found.name] = found._replace(number=number, late=late, due=min(dues, default=None))
    for name, rows in _list_rows(user, rule):
        lines[name] = lines[name]._replace(number=len(rows.values_list("pk")[: MAX_COUNTED + 1]))
    messages = lines["waiting-messages"]
    if messages.number:
        lines[messages.name] = messages._replace(late=count_late(messages_to_handle(user)))
    return [line for line in lines.values() if line.number]


def _count_items(user: User) -> Iterable[dict[str, Any]]:
    """Return the number of work items of each kind, those that are late, and the next limit of the others.

    A query reads at most MAX_READ. If more wait, the next query leaves out the kinds that fill the first.
    Letters that nobody records as sent hide nothing else.
    """
    things = WorkItem.objects.waiting().things().filter(waits_for(user, ()), without_idle_papers())
    found: dict[str, dict[str, Any]] = {}
    while True:
        counted = list(_count(things))
        found |= {row["kind"]: row for row in counted}
        full = [row["kind"] for row in counted if row["number"] > MAX_COUNTED]
        if not full or sum(row["number"] for row in counted) < MAX_READ:
            return found.values()
        things = things.exclude(kind__in=full)


def _count(things: QuerySet[WorkItem]) -> QuerySet[WorkItem, Any]:
    read = WorkItem.objects.filter(pk__in=things.order_by().values("pk")[:MAX_READ])
    is_late = Q(due_at__lt=clock.now())
    late, due = Count("pk", filter=is_late), Min("due_at", filter=~is_late)
    return read.order_by().values("kind").annotate(number=Count("pk"), late=late, due=due)


def _list_rows(user: User, rule: Q) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield what other tables count: messages are an outbox of their own, codes are missing in the agenda."""
    if user.roles & {Role.DIVISION_HEAD, Role.OFFICER} or may_share_links(user):
        yield "waiting-messages", messages_to_handle(user)
    if Role.TIM_PKD in user.roles:
        yield "uncoded", list_uncoded(user)
    if user.roles & WATCHING:
        yield "elsewhere", list_late_elsewhere(user, rule)


def list_late_elsewhere(user: User, rule: Q) -> QuerySet[WorkItem]:
    """Return the turns of others that are late, in the cases that the user watches.

    `rule` is `waits_for(user)`.
    """
    sees_all = user.roles & {Role.TIM_PKD, Role.HEAD}
    watched = excluding_complaints_about(user, "case__") if sees_all else served_by(user, "case__")
    others = sorted(set(Party) - {Party(role) for role in user.roles})
    late = WorkItem.objects.waiting().steps().filter(kind__in=MAIN, due_at__lt=clock.now())
    return late.filter(watched, ~rule, party__in=others)
