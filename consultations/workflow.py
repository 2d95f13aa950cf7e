"""The standard as a table, and `transition()`, which takes one of its steps.

The rows without a number are not steps of the SK: withdrawal, the independent channel (ADR 38), further
questions about the answer, the applicant's link, correction and deletion (UU 27/2022), retention
(legal hold), and the way back of a step (ADR 78).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Model, QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from consultations import step_row
from consultations.deadlines import due_at
from consultations.enums import ANSWERING, BEFORE_SESSION, ENDED, SORTABLE, SURVEYED, Kind, Party, State
from consultations.models import Case, Event
from consultations.models.history import TAKE_BACK
from consultations.parties import Actor, Applicant, is_second_awaited, parties
from consultations.step_row import MERGED, PAST_SECRETARY, TO_SUPERVISOR, Step, check_moment
from consultations.wording import speak_of_complaint_lazy
from kit import clock
from kit.records import leave_entry
from kit.refusal import Refused
from office.models import Office, User
from office.words import with_words_lazy

S, P = State, Party
# One row, one step: the formatter would break the rows.
# fmt: off
DATA_STEPS: tuple[Step, ...] = (
    *(Step(0, "renew_link", _("Ganti tautan pemohon"), _("Tautan pemohon diganti"),
           P.SECRETARIAT, s, s, off_path=True,
           preconditions=(step_row.applicant_is_open, step_row.data_is_stored))
      for s in State if s != S.EXAMINING),
    *(Step(0, "correct_contact", _("Perbaiki nama atau nomor"), _("Nama atau nomor diperbaiki"),
           P.APPLICANT, s, s, off_path=True,
           preconditions=(step_row.applicant_is_known, step_row.data_is_stored))
      for s in State),
    *(Step(0, "correct_data", _("Perbaiki data"), _("Data permohonan diperbaiki"),
           P.TIM_PKD, s, s, off_path=True, also=(P.SECRETARIAT,),
           preconditions=(step_row.data_is_stored, step_row.no_deletion_asked) if s in ENDED else ())
      for s in sorted(State, key=lambda s: s not in ENDED) if s != S.EXAMINING),
    *(Step(0, "ask_deletion", _("Minta data saya dihapus"), _("Penghapusan data diminta"),
           P.APPLICANT, s, s, off_path=True,
           preconditions=(step_row.is_of_office, step_row.data_is_stored, step_row.no_deletion_asked))
      for s in State if s in ENDED),
    *(Step(0, "ask_deletion_for", _("Catat permintaan penghapusan"),
           with_words_lazy(_("Penghapusan data diminta lewat %(secretariat)s")), P.SECRETARIAT, s, s,
           off_path=True,
           preconditions=(step_row.is_of_office, step_row.applicant_is_known, step_row.data_is_stored,
                          step_row.no_deletion_asked))
      for s in State if s in ENDED),
    *(Step(0, "decide_deletion", _("Putuskan penghapusan data"), _("Permintaan penghapusan diputuskan"),
           P.HEAD, s, s, preconditions=(step_row.deletion_asked,), off_path=True,
           waits_if=lambda case: case.deletion_asked_at and not case.deletion_granted_at)
      for s in State if s in ENDED),
    *(Step(0, "decide_deletion_for", with_words_lazy(_("Putuskan penghapusan tanpa %(head)s")),
           with_words_lazy(_("Permintaan penghapusan diputuskan tanpa %(head)s")), P.TIM_PKD, s, s,
           preconditions=(step_row.deletion_asked, step_row.head_cannot_see), off_path=True)
      for s in State if s in ENDED),
    *(Step(0, "confirm_deletion", _("Putuskan penghapusan sebagai pejabat kedua"),
           _("Penghapusan diputuskan pejabat kedua"), P.SUPERVISOR, s, s, off_path=True,
           preconditions=(step_row.second_official_awaited,), waits_if=is_second_awaited)
      for s in State if s in ENDED),
    *(Step(0, "stop_deletion", _("Jangan hapus data saya"), _("Penghapusan data dihentikan pemohon"),
           P.APPLICANT, s, s, preconditions=(step_row.deletion_under_way,), off_path=True,
           also=(P.CODE_HOLDER,))
      for s in State if s in ENDED),
    *(Step(0, "retain", _("Tangguhkan pemusnahan"), _("Pemusnahan ditangguhkan"),
           P.TIM_PKD, s, s, preconditions=(step_row.data_is_stored, step_row.is_not_retained), off_path=True)
      for s in State if s in ENDED),
    *(Step(0, "release", _("Akhiri penangguhan"), _("Penangguhan pemusnahan diakhiri"),
           P.TIM_PKD, s, s, preconditions=(step_row.is_retained,), off_path=True)
      for s in State if s in ENDED),
)
STEPS_AHEAD: tuple[Step, ...] = (
    Step(1, "submit", _("Ajukan permohonan"), _("Permohonan diajukan"), P.APPLICANT, None, S.SUBMITTED,
         detours=TO_SUPERVISOR),
    Step(1, "receive", _("Catat permohonan masuk"), _("Permohonan masuk dicatat"),
         P.SECRETARIAT, None, S.SUBMITTED, detours=TO_SUPERVISOR),
    Step(8, "walk_in", _("Datang langsung"), _("Datang langsung, dilayani segera"),
         P.SECRETARIAT, None, S.ASSIGNED),
    Step(2, "register", _("Agendakan"), _("Diagendakan"), P.TIM_PKD, S.SUBMITTED, S.REGISTERED,
         detours=((step_row.passes_secretary, S.ENDORSING),),
         way_back="void"),
    Step(2, "send_back", _("Kembalikan untuk dilengkapi"), _("Dikembalikan untuk dilengkapi"),
         P.TIM_PKD, S.SUBMITTED, S.INCOMPLETE, off_path=True,
         way_back=TAKE_BACK),
    Step(2, "complete", _("Lengkapi permohonan"), _("Permohonan dilengkapi"),
         P.APPLICANT, S.INCOMPLETE, S.SUBMITTED, also=(P.CODE_HOLDER,)),
    Step(2, "lapse", _("Tutup karena tidak dilengkapi"), _("Ditutup karena tidak dilengkapi"),
         P.TIM_PKD, S.INCOMPLETE, S.WITHDRAWN, preconditions=(step_row.no_reply,), off_path=True,
         waits_if=lambda case: True,
         way_back=TAKE_BACK),
    *(Step(2, "void", _("Batalkan nomor agenda"), _("Nomor agenda dibatalkan"),
           P.TIM_PKD, s, S.SUBMITTED, off_path=True)
      for s in (S.ENDORSING, S.REGISTERED)),
    *(Step(2, "name_official", _("Catat pejabat yang diadukan"), _("Pejabat yang diadukan dicatat"),
           P.TIM_PKD, s, s, off_path=True,
           preconditions=(step_row.is_complaint,), detours=PAST_SECRETARY.get(s, ()))
      for s in map(State, ANSWERING) if s != S.EXAMINING),
    Step(1, "split_off", _("Catat urusan kedua"), _("Dipisahkan dari permohonan lain"),
         P.TIM_PKD, None, S.SUBMITTED),
    *(Step(2, "split", _("Pisahkan urusan kedua"), _("Urusan kedua dipisahkan"), P.TIM_PKD, s, s,
           off_path=True)
      for s in SORTABLE),
    *(Step(2, "to_complaint", _("Jadikan pengaduan"), _("Dijadikan pengaduan"),
           P.TIM_PKD, s, s, off_path=True,
           preconditions=(step_row.is_consultation,), detours=PAST_SECRETARY.get(s, ()))
      for s in SORTABLE),
    *(Step(2, "to_consultation", _("Bukan pengaduan"), _("Dinyatakan bukan pengaduan"),
           P.TIM_PKD, s, s, off_path=True,
           preconditions=(step_row.is_complaint, step_row.applicant_is_open, step_row.is_about_nobody))
      for s in SORTABLE),
    *(Step(2, "merge", _("Gabungkan permohonan"), _("Digabung dengan permohonan lain"), P.TIM_PKD, s, s,
           off_path=True, preconditions=(step_row.applicant_is_open,),
           detours=MERGED if s == S.SUBMITTED else ())
      for s in SORTABLE),
    Step(3, "endorse", _("Bubuhkan paraf"), with_words_lazy(_("Diparaf %(secretary)s")),
         P.SECRETARY, S.ENDORSING, S.REGISTERED,
         way_back=TAKE_BACK),
    Step(3, "dispose", _("Disposisikan"), _("Didisposisikan"), P.HEAD, S.REGISTERED, S.DISPOSED,
         way_back="recall"),
    Step(3, "dispose_for", _("Catat disposisi"), with_words_lazy(_("Disposisi dicatat %(secretariat)s")),
         P.SECRETARIAT, S.REGISTERED, S.DISPOSED, off_path=True,
         way_back="refuse_disposition"),
    *(Step(3, "refuse_disposition", _("Bukan disposisi saya"), _("Disposisi tidak disahkan"),
           P.HEAD, s, S.REGISTERED, preconditions=(step_row.awaits_answer,), off_path=True)
      for s in (S.DISPOSED, S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    Step(3, "decline", _("Tolak"), _("Permohonan ditolak"), P.HEAD, S.REGISTERED, S.DECLINED, off_path=True,
         way_back=TAKE_BACK),
    Step(3, "pass_on", _("Teruskan ke instansi lain"), _("Diteruskan ke instansi lain"),
         P.HEAD, S.REGISTERED, S.DECLINED, off_path=True),
    *(Step(3, "pass_up", with_words_lazy(_("Teruskan tanpa %(head)s")),
           with_words_lazy(_("Diteruskan tanpa %(head)s")), P.TIM_PKD, s, S.DECLINED,
           preconditions=(step_row.about_the_head,), off_path=True)
      for s in (S.REGISTERED, S.FORWARDED)),
    Step(3, "record_receipt", _("Catat penerimaan instansi"), _("Penerimaan instansi dicatat"),
         P.SECRETARIAT, S.DECLINED, S.DECLINED, preconditions=(step_row.receipt_awaited,), off_path=True),
    Step(3, "remind_receiver", _("Ingatkan penerima terusan"), _("Penerima terusan diingatkan"),
         P.SECRETARIAT, S.DECLINED, S.DECLINED, preconditions=(step_row.receipt_awaited,), off_path=True,
         waits_if=attrgetter("receipt_awaited")),
    Step(3, "recall", _("Tarik disposisi"), _("Disposisi ditarik"),
         P.HEAD, S.DISPOSED, S.REGISTERED, preconditions=(step_row.disposed_by_head,), off_path=True),
    Step(4, "assign", _("Tugaskan"), _("Petugas ditunjuk"), P.DIVISION_HEAD, S.DISPOSED, S.ASSIGNED,
         way_back=TAKE_BACK),
    Step(4, "assign_for", _("Catat penugasan"), with_words_lazy(_("Penugasan dicatat %(secretariat)s")),
         P.SECRETARIAT, S.DISPOSED, S.ASSIGNED, off_path=True,
         way_back="refuse_assignment"),
    *(Step(4, "ratify_assignment", _("Sahkan penugasan"), _("Penugasan disahkan"),
           P.DIVISION_HEAD, s, s, preconditions=(step_row.assignment_unratified,), off_path=True,
           waits_if=attrgetter("assignment_unratified"))
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED, S.IN_SESSION, S.HELD,
                S.REPORTED, S.COSIGNING, S.FORWARDED, S.CLOSED)),
    *(Step(4, "refuse_assignment", _("Bukan penugasan saya"), _("Penugasan tidak disahkan"),
           P.DIVISION_HEAD, s, S.DISPOSED, preconditions=(step_row.assignment_unratified,), off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    Step(4, "hand_back", _("Kembalikan disposisi"), _("Disposisi dikembalikan"),
         P.DIVISION_HEAD, S.DISPOSED, S.REGISTERED, off_path=True),
    *(Step(4, "reassign", _("Ganti petugas"), _("Petugas diganti"), P.DIVISION_HEAD, s, s, off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED, S.IN_SESSION, S.HELD)),
    Step(5, "prepare", _("Catat persiapan"), _("Persiapan selesai"), P.OFFICER, S.ASSIGNED, S.PREPARED,
         way_back=TAKE_BACK),
    *(Step(5, "amend", _("Ubah persiapan"), _("Persiapan diubah"), P.OFFICER, s, s, off_path=True)
      for s in (S.PREPARED, S.SCHEDULED)),
    *(Step(5, "ask_opinion", _("Minta pendapat instansi"), _("Pendapat instansi diminta"),
           P.OFFICER, s, s, off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    *(Step(5, "record_opinion", _("Catat jawaban instansi"), _("Jawaban instansi dicatat"),
           P.OFFICER, s, s, preconditions=(step_row.opinion_awaited,), off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    *(Step(5, "remind_agency", _("Ingatkan instansi"), _("Instansi diingatkan"),
           P.OFFICER, s, s, preconditions=(step_row.opinion_awaited,), off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    *(Step(5, "call_meeting", _("Undang peserta rapat"), _("Forum rapat diundang"),
           P.OFFICER, s, s, off_path=True)
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED)),
    *(Step(5, "record_minutes", _("Catat notula"), _("Notula rapat dicatat"),
           P.OFFICER, s, s, preconditions=(step_row.meeting_held,), off_path=True,
           waits_if=attrgetter("minutes_awaited"))
      for s in (S.ASSIGNED, S.PREPARED, S.SCHEDULED, S.IN_SESSION, S.HELD)),
    Step(6, "schedule", _("Jadwalkan"), _("Dijadwalkan"), P.OFFICER, S.PREPARED, S.SCHEDULED,
         preconditions=(step_row.review_written,),
         way_back=TAKE_BACK),
    Step(6, "reschedule", _("Jadwalkan ulang"), _("Dijadwalkan ulang"),
         P.OFFICER, S.SCHEDULED, S.SCHEDULED, off_path=True, waits_if=attrgetter("other_time")),
    Step(6, "ask_time", _("Minta waktu lain"), _("Pemohon meminta waktu lain"),
         P.APPLICANT, S.SCHEDULED, S.SCHEDULED, off_path=True, also=(P.CODE_HOLDER,)),
    Step(6, "keep_time", _("Tetap pada jadwal"), _("Jadwal dinyatakan tetap"),
         P.OFFICER, S.SCHEDULED, S.SCHEDULED, preconditions=(step_row.other_time_asked,), off_path=True),
    Step(7, "start", _("Mulai konsultasi"), _("Konsultasi dimulai"),
         P.OFFICER, S.SCHEDULED, S.IN_SESSION, preconditions=(step_row.review_written, step_row.session_due),
         way_back="undo_start"),
    Step(7, "undo_start", _("Batalkan mulai"), _("Mulai konsultasi dibatalkan"),
         P.OFFICER, S.IN_SESSION, S.SCHEDULED, off_path=True,
         detours=((step_row.without_schedule, S.ASSIGNED),)),
    *(Step(7, "answer", _("Jawab tertulis"), _("Dijawab tertulis"), P.OFFICER, s, S.HELD, off_path=True,
           preconditions=(step_row.review_written,))
      for s in (S.PREPARED, S.SCHEDULED)),
    Step(7, "no_show", _("Pemohon tidak hadir"), _("Pemohon tidak hadir"),
         P.OFFICER, S.SCHEDULED, S.PREPARED, off_path=True),
    Step(8, "start", _("Mulai konsultasi"), _("Konsultasi dimulai"),
         P.OFFICER, S.ASSIGNED, S.IN_SESSION, off_path=True,
         preconditions=(step_row.urgent_walk_in, step_row.review_written),
         way_back="undo_start"),
    *(Step(8, "ratify", _("Sahkan disposisi"), _("Disposisi disahkan"),
           P.HEAD, s, s, preconditions=(step_row.awaits_ratification,), off_path=True,
           waits_if=attrgetter("awaits_ratification"))
      for s in (S.DISPOSED, S.ASSIGNED, S.PREPARED, S.SCHEDULED, S.IN_SESSION, S.HELD,
                S.REPORTED, S.COSIGNING, S.FORWARDED)),
    Step(7, "finish", _("Selesaikan konsultasi"), _("Konsultasi selesai"), P.OFFICER, S.IN_SESSION, S.HELD,
         way_back=TAKE_BACK),
    *(Step(7, "record_attendance", _("Catat kehadiran dan foto"), _("Kehadiran dan foto dicatat"),
           P.OFFICER, s, s, preconditions=(step_row.applicant_is_open,), off_path=True)
      for s in (S.IN_SESSION, S.HELD)),
    Step(9, "report", _("Tulis laporan"), _("Laporan disampaikan"), P.OFFICER, S.HELD, S.REPORTED,
         detours=((step_row.own_report_past_secretary, S.COSIGNING), (step_row.own_report, S.FORWARDED)),
         way_back=TAKE_BACK),
    Step(9, "forward", with_words_lazy(_("Teruskan ke %(head)s")), _("Laporan diteruskan"),
         P.DIVISION_HEAD, S.REPORTED, S.FORWARDED, is_review=True,
         detours=((step_row.passes_secretary, S.COSIGNING),),
         way_back=TAKE_BACK),
    Step(9, "revise", _("Minta perbaikan"), _("Laporan diminta diperbaiki"),
         P.DIVISION_HEAD, S.REPORTED, S.HELD, off_path=True),
    Step(9, "cosign", _("Bubuhkan paraf koordinasi"), _("Paraf koordinasi diberikan"),
         P.SECRETARY, S.COSIGNING, S.FORWARDED, is_review=True,
         way_back=TAKE_BACK),
    Step(9, "refer_back", with_words_lazy(_("Kembalikan ke %(division_head)s")),
         with_words_lazy(_("Laporan dikembalikan %(secretary)s")),
         P.SECRETARY, S.COSIGNING, S.REPORTED, off_path=True, detours=((step_row.own_report, S.HELD),)),
    Step(9, "accept", _("Terima laporan"), _("Laporan diterima"),
         P.HEAD, S.FORWARDED, S.CLOSED, is_review=True,
         way_back="correct"),
    Step(9, "return", _("Kembalikan laporan"), _("Laporan dikembalikan"),
         P.HEAD, S.FORWARDED, S.REPORTED, off_path=True, detours=((step_row.own_report, S.HELD),)),
    Step(9, "correct", _("Ralat laporan"), _("Laporan dibuka untuk diralat"),
         P.HEAD, S.CLOSED, S.HELD, off_path=True,
         preconditions=(step_row.data_is_stored, step_row.no_deletion_asked, step_row.nothing_asked_again)),
    Step(0, "ask_again", _("Tanya lagi"), _("Pemohon bertanya lagi"),
         P.APPLICANT, S.CLOSED, S.CLOSED, off_path=True,
         preconditions=(step_row.data_is_stored, step_row.may_ask_again, step_row.nothing_asked_again)),
    Step(0, "answer_again", _("Jawab pertanyaan"), _("Pertanyaan dijawab"),
         P.OFFICER, S.CLOSED, S.CLOSED, preconditions=(step_row.asked_again,), off_path=True,
         waits_if=attrgetter("asked_again_at")),
    Step(0, "answer_for", _("Jawab pertanyaan untuk petugas"), _("Pertanyaan dijawab untuk petugas"),
         P.DIVISION_HEAD, S.CLOSED, S.CLOSED, off_path=True,
         preconditions=(step_row.asked_again, step_row.officer_left)),
    Step(0, "conclude", _("Tulis hasil"), _("Diselesaikan Pengawas"), P.SUPERVISOR, S.EXAMINING, S.CLOSED,
         way_back=TAKE_BACK),
    Step(0, "dismiss", _("Tolak pengaduan"), _("Pengaduan ditolak Pengawas"),
         P.SUPERVISOR, S.EXAMINING, S.DECLINED, off_path=True,
         way_back=TAKE_BACK),
    Step(0, "refer_up", _("Teruskan ke instansi di atasnya"), _("Diteruskan ke instansi di atasnya"),
         P.SUPERVISOR, S.EXAMINING, S.EXAMINING, off_path=True),
    *(Step(0, "withdraw", _("Tarik permohonan"), _("Permohonan ditarik"),
           P.APPLICANT, s, S.WITHDRAWN, off_path=True)
      for s in (*BEFORE_SESSION, S.EXAMINING)),
    *(Step(0, "withdraw_for", _("Tarik atas permintaan pemohon"), _("Ditarik atas permintaan pemohon"),
           P.TIM_PKD, s, S.WITHDRAWN, preconditions=(step_row.applicant_is_known,), off_path=True,
           also=(P.SECRETARIAT,))
      for s in BEFORE_SESSION),
    *DATA_STEPS,
)
# fmt: on


def _list_ways_back() -> Iterator[Step]:
    """Yield a row for each state that a step leads to which can be taken back."""
    taken_back = [step for step in STEPS_AHEAD if step.way_back == TAKE_BACK]
    for state in State:
        sources = [step.source for step in taken_back if state in step.targets and step.source]
        if sources:
            yield Step(
                *(0, TAKE_BACK, _("Batalkan langkah terakhir"), _("Langkah terakhir dibatalkan")),
                *(P.TIM_PKD, state, sources[0]),
                also=(P.SECRETARY, P.HEAD, P.DIVISION_HEAD, P.OFFICER, P.SUPERVISOR),
                preconditions=(step_row.just_taken,),
                is_own=True,
                off_path=True,
                detours=tuple((step_row.has_come_from(source), source) for source in sources[1:]),
            )


TABLE = (*STEPS_AHEAD, *_list_ways_back())

STEPS: dict[tuple[str, State | None], Step] = {(step.verb, step.source): step for step in TABLE}
STEPS_FROM: dict[State | None, list[Step]] = {
    source: [step for step in TABLE if step.source == source] for source in (None, *State)
}
VERBS: dict[str, Step] = {step.verb: step for step in reversed(TABLE)}
"""First row of each verb. All rows of a verb have the same title and actor."""

TURN: dict[State, Step] = {step.source: step for step in TABLE if step.source and not step.off_path}
"""Step of the main path that each open state waits for. Its actor has the turn."""


def can_be_taken_back(event: Event) -> bool:
    """Return whether the taker of a step could take it back at first."""
    return bool(event.source) and STEPS[event.verb, State(event.source)].way_back == TAKE_BACK


def get_turn(state: State) -> Party | None:
    """Return the party whose step a case in this state waits for, or None if it has ended."""
    return TURN[state].actor if state in TURN else None


def list_open_steps(by: Actor, case: Case) -> list[Step]:
    """Return the steps that `by` can take on the case now, in the order of the table."""
    mine = parties(by, case)
    steps = [s for s in STEPS_FROM[State(case.state)] if s.find_taker(mine) and not s.obstacles(case, by)]
    return [put_in_words(step, Kind(case.kind)) for step in steps]


@cache
def put_in_words(step: Step, kind: Kind) -> Step:
    """Return the step with its titles in the words of this kind of case."""
    if kind != Kind.COMPLAINT:
        return step
    return replace(step, title=speak_of_complaint_lazy(step.title), done=speak_of_complaint_lazy(step.done))


@dataclass
class Transition:
    """A step that `by` may take on a case now.

    `title` is the position of `by` for this step, in Indonesian for the record. `changes` are the columns of
    the case that are written together with its state. `target` is the state that the step leads to. `record`
    is what the caller's block has stored beside the case, for the receivers of the step.
    """

    step: Step
    case: Case
    by: Actor
    title: str
    changes: dict[str, Any] = field(default_factory=dict)
    record: Model | None = None

    @property
    def target(self) -> State:
        return self.step.choose_target(self.case, self.changes)

    def change(self, **columns: Any) -> None:
        """Write these columns of the case together with its state."""
        self.changes.update(columns)


def check(verb: str, case: Case, *, by: Actor) -> Transition:
    """Return the transition that `verb` would make.

    Raise PermissionDenied if `by` may not take the step, and Refused if it cannot be taken now.
    """
    state = None if case._state.adding else State(case.state)
    mine = {Party.APPLICANT: ""} if state is None and isinstance(by, Applicant) else parties(by, case)
    party = VERBS[verb].find_taker(mine)
    if party is None:
        raise PermissionDenied
    step = STEPS.get((verb, state))
    if step is None:
        sentence = _(
            "Langkah “%(step)s” tidak dapat dilakukan: permohonan ini sekarang berstatus “%(state)s”."
        )
        words = {"step": VERBS[verb].title, "state": case.get_state_display()}
        raise Refused(case.wording.speak(sentence % words))
    if step.source is None and not Office.load().is_open:
        raise Refused(_("Layanan belum dibuka, jadi permohonan belum dapat diterima."))
    if obstacles := step.obstacles(case, by):
        raise Refused(" ".join(obstacles))
    with translation.override("id"):  # the title goes on record
        return Transition(step, case, by, mine[party] or str(party.label))


@contextmanager
def transition(
    verb: str,
    case: Case,
    *,
    by: Actor,
    note: str = "",
    at: dt.datetime | None = None,
    checked: Transition | None = None,
) -> Iterator[Transition]:
    """Take a step: check it, run the caller's block, then move the case and log the step.

    - A new case is inserted before the block. The case is locked before the block. An existing case is
      updated after it, if nobody else has moved it since it was read. The draft of the step is deleted.
    - The event is written to the history, and the STEP_RECEIVERS of the settings are called in their order,
      in the same transaction.
    - Any exception undoes all of it.

    `at` (aware) is when the step happened, if earlier than now: at most 90 days ago for a new case.
    `checked` is the result of an earlier `check()` in this request. Raise PermissionDenied or Refused as
    `check()` does.
    """
    taken = checked or check(verb, case, by=by)
    now = clock.now()
    at = at or now
    if sentence := check_moment(case, at=at, now=now):
        raise Refused(sentence)
    with transaction.atomic():
        if taken.step.source is None:
            case.state, case.turn, case.since = taken.target, get_turn(taken.target), at
            case.due_at = due_at(case, case.state, since=at)
            case.save(force_insert=True)
        has_draft = lock(case, verb, now)
        yield taken
        target = taken.target
        if target in SURVEYED and case.first_ended_at is None:
            taken.change(first_ended_at=taken.changes.get("first_closed_at") or now)
        before: dict[str, Any] = {}
        if taken.step.source is not None:
            before = {column: case.serializable_value(column) for column in taken.changes}
            kept = remember(taken, by, at=now) if taken.step.way_back == TAKE_BACK else None
            move(case, target, taken.changes | {"turn": get_turn(target), "before_last": kept}, at)
            if has_draft:
                case.step_drafts.filter(verb=verb).delete()
        case.forget_records()
        event = case.history.create(
            number=taken.step.number,
            verb=verb,
            by=by if isinstance(by, User) else None,
            title=taken.title,
            source=taken.step.source or "",
            target=target,
            happened_at=at,
            entered_at=now,
            note=note,
        )
        for receive in _load_receivers(tuple(settings.STEP_RECEIVERS)):
            receive(case=case, event=event, before=before, record=taken.record)
        leave_entry(case)


def remember(taken: Transition, by: Actor, *, at: dt.datetime) -> dict[str, Any] | None:
    """Return `Case.before_last` after a step of the staff. Old values of the columns are text, or None."""
    if not isinstance(by, User):
        return None
    case, fields = taken.case, [Case._meta.get_field(name) for name in {"since", "due_at", *taken.changes}]
    texts = {field.name: field.value_to_string(case) for field in fields}  # type: ignore[union-attr]
    columns = {name: None if getattr(case, name) is None else text for name, text in texts.items()}
    return {"by": by.pk, "at": at.isoformat(), "state": case.state, "columns": columns}


@cache
def _load_receivers(names: tuple[str, ...]) -> list[Callable[..., object]]:
    """Return the functions that act upon a step, in their order.

    Arguments: `case` after the step, its `event`, `before` and `record`. `before` has the columns that the
    step changed, with their old values (the key of a related record). `record` is what the step has stored
    beside the case, e.g. a Disposition, or None.
    """
    return [import_string(name) for name in names]


def check_clock(now: dt.datetime, database_now: dt.datetime) -> str | None:
    """Return a sentence if this machine's clock is ahead of the database's, which all machines share."""
    ahead = now - database_now
    if ahead <= dt.timedelta(seconds=settings.CLOCK_TOLERANCE):
        return None
    return _(
        "Jam server tidak benar: lebih cepat %(minutes)s menit daripada jam basis data. Langkah ini tidak "
        "dicatat. Hubungi administrator."
    ) % {"minutes": ahead // dt.timedelta(minutes=1)}


MOVED_MEANWHILE = _("Orang lain baru saja memproses permohonan ini. Muat ulang halaman untuk melihatnya.")


def lock(case: Case, verb: str, now: dt.datetime) -> bool:
    """Lock the row, and return whether the step has a draft. A second actor waits here and is refused.

    Raise Refused also if `now` is ahead of the database's clock, which all web machines share.
    """
    draft = Exists(case.step_drafts.filter(verb=verb))
    locked = _unmoved(case).select_for_update(no_key=True).values_list(Now(), draft).first()
    if locked is None:
        raise Refused(MOVED_MEANWHILE)
    database_now, has_draft = locked
    if sentence := check_clock(now, database_now):
        raise Refused(sentence)
    return bool(has_draft)


def move(case: Case, target: State, changes: dict[str, Any], at: dt.datetime) -> None:
    """Write the new state in one conditional update. Raise Refused if somebody else has moved the case."""
    if target != case.state:
        due = due_at(case, target, since=at, changes=changes)
        changes = {"due_at": due, "since": at, **changes}
    changes |= {"state": target, "version": case.version + 1}
    if not _unmoved(case).update(**changes):
        raise Refused(MOVED_MEANWHILE)
    for column, value in changes.items():
        setattr(case, column, value)


def _unmoved(case: Case) -> QuerySet[Case]:
    """Return the stored case as a queryset; it is empty if somebody has moved the case since it was read."""
    return Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
