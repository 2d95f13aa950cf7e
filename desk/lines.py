"""Lines of the desk for work that is no step of a case. A line leads to the page of all work of its kind."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
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


def list_lines(user: User, rule: Q) -> list[Line]:
    """Return what waits for the user beside steps. `rule` is `waits_for(user)`.

    A number above MAX_COUNTED may be too small.
    """
    now, dues = clock.now(), _read_dues(user)
    lines = {}
    for line in LINES:
        own = [due for kind in line.kinds for due in dues[kind]]
        late, later = [due for due in own if due and due < now], [due for due in own if due and due >= now]
        lines[line.name] = line._replace(number=len(own), late=len(late), due=min(later, default=None))
    for name, rows in _list_rows(user, rule):
        lines[name] = lines[name]._replace(number=len(rows.values_list("pk")[: MAX_COUNTED + 1]))
    messages = lines["waiting-messages"]
    if messages.number:
        lines[messages.name] = messages._replace(late=count_late(messages_to_handle(user)))
    return [line for line in lines.values() if line.number]


def _read_dues(user: User) -> dict[str, list[dt.datetime | None]]:
    """Return the limits of the work items of the user by kind, None for items without one.

    A query reads at most MAX_READ. If more wait, the next query leaves out the kinds that fill the first.
    Letters that nobody records as sent hide nothing else.
    """
    things = WorkItem.objects.waiting().things().filter(waits_for(user, ()), without_idle_papers())
    found: dict[str, list[dt.datetime | None]] = defaultdict(list)
    while True:
        rows = list(things.order_by().values_list("kind", "due_at")[:MAX_READ])
        read = {kind: [due for one, due in rows if one == kind] for kind in {kind for kind, _due in rows}}
        found |= read
        full = [kind for kind, dues in read.items() if len(dues) > MAX_COUNTED]
        if not full or len(rows) < MAX_READ:
            return found
        things = things.exclude(kind__in=full)


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
