"""Papers for a period: who may print and open which, and how one is printed."""

import datetime as dt
from dataclasses import dataclass
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import AgendaEntry, Case
from consultations.parties import get_office_wide_appointment
from consultations.workflow import Refused
from office import clock
from office.models import Division, Role, User
from reports.documents import KIND_OF
from reports.facts.registers import (
    MOST_ROWS,
    accepted_reports,
    agenda_entries,
    hides_something,
    withheld_once,
)
from reports.issuing import hold, issue
from reports.models import Document, Register, Report

K = Register.Kind
ROWS = {K.AGENDA_BOOK: agenda_entries, K.RECAP: accepted_reports}
WHAT: dict[str, Promise] = {K.AGENDA_BOOK: _("nomor agenda"), K.RECAP: _("laporan")}
"""What the rows of a register are."""


@dataclass(frozen=True)
class Scope:
    """Of what somebody may print a register: of one division or of the whole office (None); and as what."""

    title: str
    division: Division | None = None


def scopes(kind: str, by: User) -> list[Scope]:
    """Of what `by` may print a register of this kind today; empty where of nothing.

    Who serves the whole office prints the agenda book and the recap, a Kepala Bidang the recap of the own
    division.
    """
    if whole := get_office_wide_appointment(by):
        return [Scope(whole.title)]
    if kind != K.RECAP:
        return []
    headed = [a for a in by.current_appointments if a.position.role == Role.DIVISION_HEAD]
    return [Scope(appointment.title, appointment.position.division) for appointment in headed]


def openable(by: User) -> QuerySet[Register]:
    """The printed registers that `by` may open: who could print one today, may read it.

    None that tells of a complaint that is, or may be, about `by`, unless it is one of the own, which do not
    show them.
    """
    of_mine = Q(pk__in=[])
    for kind in K:
        for scope in scopes(kind, by):
            of_mine |= Q(kind=kind, division=scope.division) if scope.division else Q(kind=kind)
    entered = _in_period("registered_at")
    about = Case.objects.filter(_in_period("agenda__registered_at"), complained_about=by)
    about_once = AgendaEntry.objects.filter(entered, withheld_once(by))
    reported = Report.objects.filter(_in_period("accepted_at"), case__complained_about=by)
    harmless = (
        Q(by=by)
        | Q(kind=K.AGENDA_BOOK, hides=False) & ~Exists(about) & ~Exists(about_once)
        | Q(kind=K.RECAP, hides=False) & ~Exists(reported)
    )
    return Register.objects.filter(of_mine, harmless)


def newest(kind: str) -> int:
    """The key of the newest register of a kind, whoever may open it; 0 where none was printed yet."""
    found: int | None = Register.objects.filter(kind=kind).aggregate(newest=Max("pk"))["newest"]
    return found or 0


def _in_period(moment: str) -> Q:
    """Whether a moment lies in the period of the register around."""
    return Q(
        **{f"{moment}__date__gte": OuterRef("since"), f"{moment}__date__lte": OuterRef("until")},
    )


def plan(
    kind: str, *, by: User, since: dt.date, until: dt.date, division: Division | None = None
) -> Register:
    """The register as it would be printed now; not stored.

    Raises PermissionDenied where it is not `by`'s, Refused for a period that cannot be printed.
    """
    scope = next((scope for scope in scopes(kind, by) if scope.division == division), None)
    if scope is None:
        raise PermissionDenied
    if until < since:
        raise Refused(_("Tanggal akhir tidak boleh sebelum tanggal awal."))
    if until > clock.today():
        raise Refused(
            _("Tanggal akhir tidak boleh sesudah hari ini, %(today)s.")
            % {"today": date_format(clock.today())}
        )
    planned = Register(
        kind=kind, since=since, until=until, division=division, by=by, title=scope.title, at=clock.now()
    )
    planned.hides = hides_something(planned)
    if len(ROWS[K(kind)](planned).values("pk")[: MOST_ROWS + 1]) > MOST_ROWS:
        raise Refused(
            _("Pilih waktu yang lebih pendek: satu naskah memuat paling banyak %(most)s %(what)s.")
            % {"most": number_format(MOST_ROWS, force_grouping=True), "what": WHAT[kind]}
        )
    return planned


def print_register(
    kind: str,
    *,
    by: User,
    since: dt.date,
    until: dt.date,
    division: Division | None = None,
    newest: int | None = None,
) -> Document:
    """Issue a register (Buku Agenda, Rekap Laporan) of a period; it replaces the one issued before, if any.

    `newest` is what `newest()` was when `by` chose the period: one of the same period that was printed
    after that is not replaced unseen. Raises PermissionDenied and Refused as `plan()` does.
    """
    with transaction.atomic():
        printed = plan(kind, by=by, since=since, until=until, division=division)
        hold(printed)
        if newest is not None and printed.same().filter(pk__gt=newest).exists():
            raise Refused(_("Waktu ini baru saja diterbitkan. Lihat daftar di bawah sebelum mengulanginya."))
        printed.save()
        return cast(Document, issue(KIND_OF[kind], printed))
