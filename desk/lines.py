"""Lines of the desk for things that are no case. A line leads to the page of all things of its kind."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party
from consultations.intake.submission import list_held
from consultations.models import WorkItem
from consultations.parties import excluding_complaints_about, served_by
from consultations.queries import list_uncoded
from consultations.work import MAIN
from documents.life import list_waiting_papers
from documents.numbering import list_unnumbered
from documents.signing_desk import list_on_paper, list_unsent
from exchange.systems import list_waiting_officials
from kit import clock
from notices.queries import count_late, may_share_links, messages_to_handle
from office import rights
from office.models import Role, User
from reports.models import FollowUp
from trust.ledger.models import Disposal

MAX_COUNTED = 100
"""Maximum number of rows that are counted."""

WATCHING = {Role.TIM_PKD, Role.HEAD, Role.DIVISION_HEAD, Role.OFFICER}
"""Roles that watch cases while these wait for others."""

SOON = dt.timedelta(days=7)
"""A recommendation counts this long before its due day."""


class Line(NamedTuple):
    """One line for several things of a kind. `late` are those of them whose time has passed."""

    name: str
    icon: str
    page: str
    title: Promise
    action: Promise
    query: str = ""
    number: int = 0
    late: int = 0


# fmt: off
LINES = (
    Line("held", "warning", "held_drafts", _("Kiriman yang perlu dilihat"), _("Periksa")),
    Line("waiting-messages", "chat", "messages", _("Pesan untuk dikirim"), _("Kirim pesan")),
    Line("papers", "pen", "signature_desk", _("Surat yang menunggu Anda"), _("Buka Tanda tangan")),
    Line("letters", "mail", "letters", _("Surat keluar menunggu nomor"), _("Isi nomor")),
    Line("uncoded", "door", "agenda", _("Datang langsung tanpa kode klasifikasi"), _("Isi kode"),
         "#tanpa-kode"),
    Line("on-paper", "print", "signature_desk", _("Surat menunggu dicetak atau difoto"), _("Cetak dan foto"),
         "#cetak"),
    Line("unsent", "send", "signature_desk", _("Surat menunggu dikirim"), _("Lihat surat"), "#belum-dikirim"),
    Line("follow-ups", "flag", "follow_ups", _("Tindak lanjut yang hampir atau sudah lewat waktu"),
         _("Catat tindak lanjut")),
    Line("disposals", "book", "archive", _("Usul pemusnahan menunggu keputusan"), _("Periksa usul")),
    Line("systems", "send", "systems", _("Sistem lain menunggu token dari Anda"), _("Periksa usul")),
    Line("elsewhere", "people", "cases", _("Menunggu orang lain, sudah terlambat"), _("Lihat"), "?late=on"),
)
# fmt: on


def list_lines(user: User, rule: Q) -> list[Line]:
    """Return what waits for the user beside cases. Each number ends at MAX_COUNTED + 1."""
    numbers = {name: len(rows.values_list("pk")[: MAX_COUNTED + 1]) for name, rows in _list_rows(user, rule)}
    numbers["systems"] = list_waiting_officials().count(user.pk)
    late = {
        "waiting-messages": count_late(messages_to_handle(user)) if numbers.get("waiting-messages") else 0
    }
    lines = [line._replace(number=numbers.get(line.name, 0), late=late.get(line.name, 0)) for line in LINES]
    return [line for line in lines if line.number]


def _list_rows(user: User, rule: Q) -> Iterator[tuple[str, QuerySet[Any]]]:
    serves = user.roles & {Role.DIVISION_HEAD, Role.OFFICER}
    yield "held", list_held(user)
    yield "papers", list_waiting_papers(user)
    if serves:
        due = FollowUp.objects.filter(served_by(user, "case__"), done_at=None, due__lte=clock.today() + SOON)
        # The head of a division serves so many that 100 are found soon along the due days.
        yield "follow-ups", due.order_by("due", "pk") if Role.DIVISION_HEAD in user.roles else due
    if serves or may_share_links(user):
        yield "waiting-messages", messages_to_handle(user)
    if rights.NUMBER_LETTERS.is_held_by(user):
        yield "letters", list_unnumbered(user).order_by("issued_at")
        yield "unsent", list_unsent(user)
        yield "on-paper", list_on_paper(user)
    if Role.TIM_PKD in user.roles:
        yield "uncoded", list_uncoded(user)
    if Role.HEAD in user.roles:
        yield "disposals", Disposal.objects.waiting_for_head()
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
