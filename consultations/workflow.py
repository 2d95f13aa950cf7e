"""The published standard as a table: states, steps, ways out. Read this first.

Everything else (buttons, queues, the public progress page, the permission tests, the diagram in
docs/standard.md) is derived from the rows of `TABLE`. `taking()` is the only writer of a case's state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import due_at
from consultations.enums import ANSWERING, BEFORE_SESSION, Party, State
from consultations.parties import Actor, Applicant, parties
from consultations.preconditions import (
    Need,
    awaits_ratification,
    is_complaint,
    no_reply,
    opinion_awaited,
    other_time_asked,
    urgent_walk_in,
)
from consultations.signals import step_taken
from office import clock

if TYPE_CHECKING:
    from consultations.models import Case


STANDARD: dict[int, Promise] = {
    1: _("Permohonan disampaikan"),
    2: _("Permohonan diagendakan Tim PKD"),
    3: _("Kepala Dinas mendisposisikan ke Kepala Bidang"),
    4: _("Kepala Bidang menugaskan petugas"),
    5: _("Petugas menyiapkan administrasi, bahan, dan peralatan"),
    6: _("Pemohon menerima jadwal konsultasi"),
    7: _("Konsultasi dilaksanakan"),
    8: _("Datang langsung karena mendesak"),
    9: _("Laporan Hasil Konsultasi diterima Kepala Dinas"),
}
"""The nine steps of SK 188.4/47/DINSOSPMD/2023, in the words of the progress page."""


LATEST_ENTRY = dt.timedelta(days=90)
"""How long after it came in a request may still be entered. An older date is a slip of the pen."""


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """A step cannot be taken now. The message is a sentence that the user can act on.

    `field` names the field of the step's form that the sentence is about (empty: the step as a whole).
    """

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Step:
    """One row of the standard: `actor` takes a case from `source` to `target`.

    `number` is the step in the SK (0: the SK does not name it). `aside` marks what leaves or repeats the
    main way. `needs` are the preconditions, each a function that returns a sentence when it is not met.
    """

    number: int
    verb: str
    title: Promise
    done: Promise
    actor: Party
    source: State | None
    target: State
    needs: tuple[Need, ...] = ()
    aside: bool = False

    def obstacles(self, case: Case) -> list[str]:
        """Why the step cannot be taken now: sentences for the user, none when it can."""
        return [str(sentence) for need in self.needs if (sentence := need(case))]


S, P = State, Party
# A table is read row by row.
# fmt: off
TABLE: tuple[Step, ...] = (
    Step(1, "submit", _("Ajukan permohonan"), _("Permohonan diajukan"), P.APPLICANT, None, S.SUBMITTED),
    Step(1, "receive", _("Terima surat"), _("Surat diterima"), P.SECRETARIAT, None, S.SUBMITTED),
    Step(8, "walk_in", _("Datang langsung"), _("Datang langsung, dilayani segera"),
         P.SECRETARIAT, None, S.ASSIGNED),
    Step(2, "register", _("Agendakan"), _("Diagendakan"), P.TIM_PKD, S.SUBMITTED, S.REGISTERED),
    Step(2, "send_back", _("Kembalikan untuk dilengkapi"), _("Dikembalikan untuk dilengkapi"),
         P.TIM_PKD, S.SUBMITTED, S.INCOMPLETE, aside=True),
    Step(2, "complete", _("Lengkapi permohonan"), _("Permohonan dilengkapi"),
         P.APPLICANT, S.INCOMPLETE, S.SUBMITTED),
    Step(2, "lapse", _("Tutup tanpa jawaban"), _("Ditutup karena tidak dilengkapi"),
         P.TIM_PKD, S.INCOMPLETE, S.WITHDRAWN, needs=(no_reply,), aside=True),
    Step(2, "void", _("Batalkan nomor agenda"), _("Nomor agenda dibatalkan"),
         P.TIM_PKD, S.REGISTERED, S.SUBMITTED, aside=True),
    *(
        Step(2, "name_official", _("Catat pejabat yang diadukan"), _("Pejabat yang diadukan dicatat"),
             P.TIM_PKD, s, s, needs=(is_complaint,), aside=True)
        for s in map(State, ANSWERING)
    ),
    Step(3, "dispose", _("Disposisikan"), _("Didisposisikan"), P.HEAD, S.REGISTERED, S.DISPOSED),
    Step(3, "decline", _("Tolak"), _("Permohonan ditolak"), P.HEAD, S.REGISTERED, S.DECLINED, aside=True),
    Step(4, "assign", _("Tugaskan"), _("Petugas ditunjuk"), P.DIVISION_HEAD, S.DISPOSED, S.ASSIGNED),
    Step(4, "hand_back", _("Kembalikan disposisi"), _("Disposisi dikembalikan"),
         P.DIVISION_HEAD, S.DISPOSED, S.REGISTERED, aside=True),
    *(
        Step(4, "reassign", _("Ganti petugas"), _("Petugas diganti"), P.DIVISION_HEAD, s, s, aside=True)
        for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)
    ),
    Step(5, "prepare", _("Catat persiapan"), _("Persiapan selesai"), P.OFFICER, S.ASSIGNED, S.PREPARED),
    *(
        Step(5, "ask_opinion", _("Minta pendapat instansi"), _("Pendapat instansi diminta"),
             P.OFFICER, s, s, aside=True)
        for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)
    ),
    *(
        Step(5, "record_opinion", _("Catat jawaban instansi"), _("Jawaban instansi dicatat"),
             P.OFFICER, s, s, needs=(opinion_awaited,), aside=True)
        for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)
    ),
    Step(6, "schedule", _("Jadwalkan"), _("Dijadwalkan"), P.OFFICER, S.PREPARED, S.SCHEDULED),
    Step(6, "reschedule", _("Jadwalkan ulang"), _("Dijadwalkan ulang"),
         P.OFFICER, S.SCHEDULED, S.SCHEDULED, aside=True),
    Step(6, "ask_time", _("Minta waktu lain"), _("Pemohon meminta waktu lain"),
         P.APPLICANT, S.SCHEDULED, S.SCHEDULED, aside=True),
    Step(6, "keep_time", _("Tetap pada jadwal"), _("Jadwal dinyatakan tetap"),
         P.OFFICER, S.SCHEDULED, S.SCHEDULED, needs=(other_time_asked,), aside=True),
    Step(7, "start", _("Mulai konsultasi"), _("Konsultasi dimulai"), P.OFFICER, S.SCHEDULED, S.IN_SESSION),
    Step(7, "no_show", _("Pemohon tidak hadir"), _("Pemohon tidak hadir"),
         P.OFFICER, S.SCHEDULED, S.PREPARED, aside=True),
    Step(8, "start", _("Mulai konsultasi"), _("Konsultasi dimulai"),
         P.OFFICER, S.ASSIGNED, S.IN_SESSION, needs=(urgent_walk_in,), aside=True),
    *(
        Step(8, "ratify", _("Sahkan disposisi"), _("Disposisi disahkan"),
             P.HEAD, s, s, needs=(awaits_ratification,), aside=True)
        for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED, S.IN_SESSION, S.HELD, S.REPORTED, S.FORWARDED)
    ),
    Step(7, "finish", _("Selesaikan konsultasi"), _("Konsultasi selesai"), P.OFFICER, S.IN_SESSION, S.HELD),
    Step(9, "report", _("Tulis laporan"), _("Laporan disampaikan"), P.OFFICER, S.HELD, S.REPORTED),
    Step(9, "forward", _("Teruskan ke Kepala Dinas"), _("Laporan diteruskan"),
         P.DIVISION_HEAD, S.REPORTED, S.FORWARDED),
    Step(9, "revise", _("Minta perbaikan"), _("Laporan diminta diperbaiki"),
         P.DIVISION_HEAD, S.REPORTED, S.HELD, aside=True),
    Step(9, "accept", _("Terima laporan"), _("Laporan diterima"), P.HEAD, S.FORWARDED, S.CLOSED),
    Step(9, "return", _("Kembalikan laporan"), _("Laporan dikembalikan"),
         P.HEAD, S.FORWARDED, S.REPORTED, aside=True),
    Step(9, "correct", _("Ralat laporan"), _("Laporan dibuka untuk diralat"),
         P.HEAD, S.CLOSED, S.HELD, aside=True),
    *(
        Step(0, "withdraw", _("Tarik permohonan"), _("Permohonan ditarik"),
             P.APPLICANT, s, S.WITHDRAWN, aside=True)
        for s in BEFORE_SESSION
    ),
)
# fmt: on

STEPS: dict[tuple[str, State | None], Step] = {(step.verb, step.source): step for step in TABLE}
VERBS: dict[str, Step] = {step.verb: step for step in reversed(TABLE)}
"""Each verb's first row: title and actor are the same in all rows of a verb."""

TURN: dict[State, Step] = {step.source: step for step in TABLE if step.source and not step.aside}
"""The step each open state waits for on the main way, and so whose turn it is."""


def open_to(by: Actor, case: Case) -> list[Step]:
    """The steps that `by` can take on the case now, in the order of the table."""
    mine = parties(by, case)
    return [s for s in TABLE if s.source == case.state and s.actor in mine and not s.obstacles(case)]


def check(verb: str, case: Case, *, by: Actor) -> tuple[Step, str]:
    """The row that a step would follow and the title in which `by` would take it.

    Raises PermissionDenied when the step is not `by`'s, Refused when it cannot be taken now.
    """
    state = None if case._state.adding else State(case.state)
    mine = {Party.APPLICANT: ""} if state is None and isinstance(by, Applicant) else parties(by, case)
    if VERBS[verb].actor not in mine:
        raise PermissionDenied
    step = STEPS.get((verb, state))
    if step is None:
        raise Refused(
            _("Langkah “%(step)s” tidak dapat dilakukan: permohonan ini sekarang berstatus “%(state)s”.")
            % {"step": VERBS[verb].title, "state": State(case.state).label}
        )
    if obstacles := step.obstacles(case):
        raise Refused(" ".join(obstacles))
    with translation.override("id"):  # the title goes on record
        return step, mine[step.actor] or str(step.actor.label)


@contextmanager
def taking(
    verb: str, case: Case, *, by: Actor, note: str = "", at: dt.datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Check a step, let the caller record its work, then move the case and log it: all or nothing.

    Yields the columns of the case that change together with its state; the caller fills them in.
    A new case is inserted before the caller's work. An existing one is held during it and moved after it,
    and only if nobody has moved it since it was read. Then `step_taken` is sent. `at` is when the step
    happened (aware), where that is before now: for a new case at most 90 days.
    Raises PermissionDenied or Refused as `check()` does.
    """
    step, title = check(verb, case, by=by)
    now = clock.now()
    at = at or now
    if at > now:
        raise Refused(_("Waktu kejadian tidak boleh lebih dari waktu sekarang."))
    if step.source is None and at < now - LATEST_ENTRY:
        raise Refused(_("Waktu kejadian sudah lebih dari 90 hari yang lalu. Periksa tanggalnya."))
    if step.source and at < case.since:
        raise Refused(_("Waktu kejadian tidak boleh sebelum langkah sebelumnya."))
    changes: dict[str, Any] = {}
    before: dict[str, Any] = {}
    with transaction.atomic():
        if step.source is None:
            case.state, case.since = step.target, at
            case.due_at = due_at(case, step.target, since=at)
            case.save(force_insert=True)
            yield changes
        else:
            _hold(case)
            yield changes
            before = {column: case.serializable_value(column) for column in changes}
            _move(case, step, changes, at)
        event = case.history.create(
            number=step.number,
            verb=verb,
            by=None if isinstance(by, Applicant) else by,
            title=title,
            source=step.source or "",
            target=step.target,
            happened_at=at,
            entered_at=now,
            note=note,
        )
        step_taken.send(type(case), case=case, event=event, before=before)


def _as_read(case: Case) -> QuerySet[Case]:
    """The stored case, as long as nobody has moved it since it was read."""
    return type(case).objects.filter(pk=case.pk, state=case.state, version=case.version)


def _moved_meanwhile() -> Refused:
    return Refused(_("Orang lain baru saja memproses permohonan ini. Muat ulang halaman untuk melihatnya."))


def _hold(case: Case) -> None:
    """Let a second taker wait here, and be refused before any work, not in the middle of it."""
    if not _as_read(case).select_for_update().values("pk"):
        raise _moved_meanwhile()


def _move(case: Case, step: Step, changes: dict[str, Any], at: dt.datetime) -> None:
    """Write the case's new state in one conditional update, the guard against a second taker."""
    if step.target != step.source:
        due = due_at(case, step.target, since=at, changes=changes)
        changes = {"due_at": due, "since": at, **changes}
    changes |= {"state": step.target, "version": case.version + 1}
    if not _as_read(case).update(**changes):
        raise _moved_meanwhile()
    for column, value in changes.items():
        setattr(case, column, value)
