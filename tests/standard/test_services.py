"""The records of each service: all of them or nothing, when it happened and when it was entered."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.queries import current_session
from consultations.scheduling.whose_work import waiting_for
from consultations.services import save_draft
from consultations.steps import PAGES
from consultations.workflow import STEPS, TURN, VERBS
from desk.waiting import get_main_step
from dispositions import meetings, services as dispositions_services
from dispositions.models import MEETING, StaffReview
from documents.files import render_html
from documents.models import Document
from kit import clock
from kit.refusal import Refused
from notices.queries import unread_notices
from office.models import ClosedDay, Instruction, Office, User
from reports import services as report_services
from tests.factories import (
    CHECKLIST,
    DETAILS,
    REVIEW,
    SECTIONS,
    Staff,
    Take,
    afresh,
    applicant,
    case_at,
    come_due,
    free_moment,
    prepared_by,
    take_a_minute,
    walk_in,
    walk_in_at,
    wished_moment,
    working_moment,
)
from tests.shared_data import each
from tests.standard.steps import CALLS, records, right_actor, values

FRIDAY = dt.datetime(2026, 11, 27, 9, tzinfo=timezone.get_default_timezone())
MONDAY_BEFORE = FRIDAY - dt.timedelta(days=4)
LETTER = CheckedFile(b"%PDF-1.7", "application/pdf", "surat.pdf")


def on_friday(time: str) -> dt.datetime:
    return dt.datetime.combine(FRIDAY, dt.time.fromisoformat(time), FRIDAY.tzinfo)


def scheduled_on_friday(staff: Staff) -> Case:
    """A case of Monday, scheduled for Friday 09.00."""
    with clock.set_to(MONDAY_BEFORE):
        case = case_at(State.PREPARED, staff)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=FRIDAY)
    return case


def started_on_friday(staff: Staff, time: str = "09:00") -> Case:
    case = scheduled_on_friday(staff)
    with clock.set_to(on_friday(time)):
        scheduling_services.start(case, by=staff.petugas)
    return case


def finish(case: Case, staff: Staff, start: dt.datetime | None, end: dt.datetime | None) -> None:
    times: dict[str, Any] = {"started_at": start, "finished_at": end}
    scheduling_services.finish(case, by=staff.petugas, attendees="Siti Contoh", **times)


# All or nothing


@contextmanager
def refused(sentence: str = "") -> Iterator[pytest.ExceptionInfo[Refused]]:
    """Expect that a service refuses with this sentence, and writes nothing."""
    before = records()
    with pytest.raises(Refused, match=sentence) as refusal:
        yield refusal
    assert records() == before


@pytest.mark.differs_by_database
@each(
    ("state", "error", "fail"),
    [
        (
            State.ASSIGNED,
            TypeError,
            lambda c, s: dispositions_services.prepare(
                c, by=s.petugas, administration="a", materials="b", review={"no such part": "x"}
            ),
        ),
        (
            State.HELD,
            DatabaseError,
            lambda c, s: report_services.report(c, by=s.petugas, **{**SECTIONS, "items": []}),
        ),
        (State.SUBMITTED, Refused, lambda c, s: walk_in(s, officer=s.elsewhere)),
    ],
)
def test_an_error_in_the_middle_leaves_nothing_behind(
    state: State, error: type[Exception], fail: Take, staff: Staff
) -> None:
    case = case_at(state, staff)
    before = records()
    with pytest.raises(error):
        fail(case, staff)
    assert records() == before
    assert case.state == state


# Times of the event and of its entry


def test_a_letter_entered_late_keeps_both_times(staff: Staff) -> None:
    happened = clock.now() - dt.timedelta(days=2)
    case = intake_services.receive(by=staff.sekretariat, at=happened, letter_number="12/DS/2026", **DETAILS)
    event = case.history.get()
    assert (event.happened_at, event.entered_late) == (happened, True)
    assert event.entered_at > happened
    assert (case.submitted_at, case.since) == (happened, happened)


def test_a_walk_in_entered_late_keeps_both_times(staff: Staff) -> None:
    yesterday = timezone.localtime(clock.now()) - dt.timedelta(days=1)
    arrived = yesterday.replace(hour=9)
    case = walk_in(staff, at=arrived)
    scheduling_services.start(case, by=staff.petugas, at=arrived + dt.timedelta(minutes=10))
    finish(case, staff, None, arrived + dt.timedelta(minutes=35))
    assert case.sessions.get().minutes == 25
    minutes = [(event.happened_at - arrived).total_seconds() / 60 for event in case.history.order_by("pk")]
    assert minutes == [0, 10, 35]
    assert all(event.entered_late for event in case.history.all())


@each("ahead", [dt.timedelta(minutes=1), dt.timedelta(days=400)])
def test_what_lies_ahead_cannot_have_happened(ahead: dt.timedelta, staff: Staff) -> None:
    case, at = walk_in_at(State.ASSIGNED, staff), clock.now() + ahead
    with refused("Jam ini belum tiba"):
        intake_services.receive(by=staff.sekretariat, at=at, **DETAILS)
    with refused("Jam ini belum tiba"):
        scheduling_services.start(case, by=staff.petugas, at=at)


def test_no_step_is_recorded_with_a_clock_ahead_of_the_database(staff: Staff, settings: Any) -> None:
    case = case_at(State.REGISTERED, staff)
    settings.CLOCK_TOLERANCE = 60
    with clock.set_to(timezone.now() + dt.timedelta(hours=3, minutes=1)):
        with refused("lebih cepat 180 menit"):
            dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
        with refused("Jam server tidak benar"):
            intake_services.receive(by=staff.sekretariat, **DETAILS)


def test_a_step_recorded_ahead_does_not_block_the_next_one(staff: Staff) -> None:
    with clock.set_to(timezone.now() + dt.timedelta(hours=3)):
        case = case_at(State.REGISTERED, staff)
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
    event = case.history.latest("pk")
    assert (case.state, case.since) == (State.DISPOSED, event.happened_at)
    assert event.happened_at <= timezone.now()


def test_a_step_cannot_have_happened_before_the_one_before_it(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    with refused("lebih awal daripada langkah sebelumnya"):
        scheduling_services.start(case, by=staff.petugas, at=case.since - dt.timedelta(minutes=1))


@each(
    ("start", "end", "field", "sentence"),
    [
        ("08:29", "09:30", "started_at", "dapat dimulai dari Jumat, 27 November 2026, 08.30 WIB"),
        ("09:10", "09:05", "finished_at", "harus sesudah waktu mulai"),
        ("09:10", "10:16", "finished_at", "belum tiba"),
        ("09:10", None, "finished_at", "pada hari yang sama"),
    ],
)
def test_a_time_that_cannot_be_real_is_refused(
    start: str, end: str | None, field: str, sentence: str, staff: Staff
) -> None:
    case = started_on_friday(staff)
    later = on_friday("10:15") + dt.timedelta(days=end is None)
    with clock.set_to(later), refused(sentence) as refusal:
        finish(case, staff, on_friday(start), on_friday(end) if end else None)
    assert refusal.value.field == field


def test_a_longer_consultation_needs_a_reason(staff: Staff) -> None:
    """The standard says 30 minutes: half an hour needs none, one minute more does."""
    case = started_on_friday(staff)
    start, by = on_friday("09:10"), staff.petugas
    with clock.set_to(on_friday("10:15")):
        with refused("31 menit, standarnya 30 menit") as refusal:
            finish(case, staff, start, on_friday("09:41"))
        assert refusal.value.field == "overrun_reason"
        more = {"attendees": "Siti Contoh", "overrun_reason": "Pemohon membawa tiga persoalan."}
        scheduling_services.finish(case, by=by, started_at=start, finished_at=on_friday("09:41"), **more)
    session = case.sessions.get()
    assert (session.minutes, session.overrun_reason) == (31, more["overrun_reason"])
    report_services.report(case, by=by, **SECTIONS)
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)
    paper = render_html(Document.objects.get(case=case, kind=Document.Kind.REPORT))
    assert "31 menit (standar 30 menit). Alasan: Pemohon membawa tiga persoalan." in paper


def test_the_real_time_is_entered_at_the_end(staff: Staff) -> None:
    """Started with a click at 09.40, although it began at 08.55."""
    case = started_on_friday(staff, "09:40")
    with clock.set_to(on_friday("09:45")):
        finish(case, staff, on_friday("08:55"), on_friday("09:20"))
    assert case.sessions.get().minutes == 25
    # The history stays in order and stores when the start was recorded.
    times = case.history.filter(number=7).order_by("pk").values_list("happened_at", flat=True)
    assert list(times) == [on_friday("09:40"), on_friday("09:40")]
    with refused("Batalkan mulai"):
        scheduling_services.undo_start(case, by=staff.petugas)


def test_the_head_takes_a_wrong_disposition_back(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.recall(case, by=staff.kadis, reason="Salah pilih bidang.")
    assert (case.state, case.division) == (State.REGISTERED, None)
    assert case.history.latest("pk").title == "Kepala Dinas"
    assert case.documents.get(kind="DISPOSITION").revoked_at
    (notice,) = unread_notices(staff.kabid)
    assert notice.kind == "REFUSED"
    dispositions_services.dispose(case, by=staff.kadis, division=staff.other_division)
    assert case in waiting_for(afresh(staff.other_kabid))


def test_a_wrong_guest_who_was_started_waits_again(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    waited = (case.since, case.due_at)
    with clock.set_to(clock.now() + dt.timedelta(minutes=20)):
        scheduling_services.start(case, by=staff.petugas)
    with clock.set_to(clock.now() + dt.timedelta(minutes=25)), translation.override("en"):
        scheduling_services.undo_start(case, by=staff.petugas, note="Salah tamu.")
    assert (case.state, case.planned_at) == (State.ASSIGNED, None)
    assert (case.since, case.due_at) == waited
    assert [item.kind for item in case.work_items.waiting().steps().order_by("kind")] == ["prepare", "ratify"]
    wrong = case.sessions.get()
    assert (wrong.started_at, wrong.cancel_reason) == (None, "Mulai konsultasi dibatalkan")
    with clock.set_to(clock.now() + dt.timedelta(minutes=30)):
        scheduling_services.start(case, by=staff.petugas)
        assert case.sessions.get(cancelled_at=None).started_at == clock.now()
    assert case.state == State.IN_SESSION


# Steps 1 and 2


def test_the_reasons_stand_in_the_history(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    visit_at = case.visit_at
    consultations_services.send_back(case, by=staff.pkd, missing="Lampirkan surat resmi.")
    more: dict[str, Any] = {"material": "Materi yang lebih jelas.", "file": LETTER}
    intake_services.complete(case, by=applicant(case), note="Surat kami lampirkan.", **more)
    consultations_services.register(case, by=staff.pkd, classification="400.9", note="Mohon segera.")
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, note="Tolong dibantu.")

    assert list(case.history.order_by("pk").values_list("verb", "note")) == [
        ("submit", ""),
        ("send_back", "Lampirkan surat resmi."),
        ("complete", "Surat kami lampirkan."),
        ("register", "Mohon segera."),
        ("dispose", "Tolong dibantu."),
    ]
    case = afresh(case)
    assert (case.material, case.visit_at, case.missing) == ("Materi yang lebih jelas.", visit_at, "")
    assert case.attachments.get().purpose == Attachment.Purpose.COMPLETION


# Steps 3 and 4


def test_copies_become_visible_and_handing_back_hides_the_case_again(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)

    def seen_by(user: User) -> bool:
        return Case.objects.visible_to(afresh(user)).exists()

    heads, dispose = (staff.kabid, staff.other_kabid), partial(dispositions_services.dispose, case)
    assert [*map(seen_by, heads)] == [False, False]
    dispose(by=staff.kadis, division=staff.division, copies=[staff.division, staff.other_division])
    assert [*map(seen_by, heads)] == [True, True]
    assert case.dispositions.get().copies == ["Pemberdayaan Masyarakat Desa"]
    dispositions_services.hand_back(case, by=staff.kabid, reason="Bukan bidang kami.")
    assert [*map(seen_by, heads)] == [False, False]
    assert case.dispositions.count() == 1
    dispose(by=staff.kadis, division=staff.other_division)
    assert [*map(seen_by, heads)] == [False, True]
    assert case.dispositions.count() == 2


def test_an_earlier_deadline_of_the_head_counts(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, deadline=clock.today())
    case = afresh(case)
    assert case.due_at
    assert case.deadline == timezone.localdate(case.due_at) == clock.today()


def test_reassigning_moves_the_half_hours_to_the_new_officer(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert {slot.user for slot in case.sessions.get().slots.all()} == {staff.petugas, staff.companion}
    reassign(case, staff)
    session = case.sessions.get()
    assert session.officer == afresh(case).officer == staff.other_petugas
    assert {slot.user for slot in session.slots.all()} == {staff.other_petugas}
    officers = [staff.petugas, staff.petugas, staff.other_petugas]  # named, with the session, and again
    assert [a.officer for a in case.assignments.order_by("pk")] == officers
    assert case.assignments.latest("pk").reason == "Cuti."


def reassign(case: Case, staff: Staff) -> None:
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")


def test_reassigning_to_somebody_who_is_taken_then_changes_nothing(staff: Staff) -> None:
    case, other = case_at(State.SCHEDULED, staff), prepared_by(staff.other_petugas, staff)
    same_time = case.sessions.get().starts_at
    assert same_time
    scheduling_services.schedule(other, by=staff.other_petugas, starts_at=same_time)
    with refused("Other Petugas sudah memiliki jadwal lain"):
        reassign(case, staff)
    running = case_at(State.IN_SESSION, staff)
    scheduling_services.start(come_due(other), by=staff.other_petugas)
    with refused("Other Petugas masih dalam konsultasi lain"):
        reassign(running, staff)


@each("state", [State.IN_SESSION, State.HELD])
def test_an_officer_is_replaced_during_the_consultation_and_before_the_report(
    state: State, staff: Staff
) -> None:
    """The record keeps the officer of the consultation. The new officer takes the next steps."""
    case = case_at(state, staff)
    reassign(case, staff)
    held_by = staff.petugas if state == State.HELD else staff.other_petugas
    assert (case.state, case.sessions.get().officer) == (state, held_by)
    if state == State.IN_SESSION:
        CALLS["finish"](take_a_minute(case), staff, staff.other_petugas)
    CALLS["report"](case, staff, staff.other_petugas)
    assert not Case.objects.visible_to(staff.petugas).exists()


# Step 5


def test_a_staff_review_that_was_asked_for_is_needed(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)
    with refused("Telaahan staf wajib"):
        CALLS["prepare"](case, staff, staff.petugas)
    dispositions_services.prepare(case, by=staff.petugas, review=REVIEW, **CHECKLIST)
    assert StaffReview.objects.get(case=case).analysis == "Isi."


@each("asking", ["ask_opinion", "call_meeting"])
@each("state", [State.ASSIGNED, State.PREPARED, State.SCHEDULED])
def test_a_meeting_or_a_question_to_an_agency_needs_a_staff_review(
    state: State, asking: str, staff: Staff
) -> None:
    """Before the preparation its form asks for it; after it, nothing goes on without it (SK, step 5)."""
    case, by = come_due(case_at(state, staff)), staff.petugas
    CALLS[asking](case, staff, by)
    onward = {State.ASSIGNED: ["prepare"], State.PREPARED: ["schedule", "answer"], State.SCHEDULED: ["start"]}
    for verb in onward[state]:
        with refused("Telaahan staf wajib"):
            CALLS[verb](case, staff, by)
    leads_on = get_main_step(by, case)
    assert leads_on == STEPS["prepare" if state == State.ASSIGNED else "amend", state]
    with refused("Telaahan staf wajib"):
        PAGES[leads_on.verb].service(case, by=by, **CHECKLIST)
    PAGES[leads_on.verb].service(case, by=by, review=REVIEW, **CHECKLIST)
    assert Document.objects.in_force().filter(case=case, kind=Document.Kind.STAFF_REVIEW).count() == 1
    CALLS[asking](case, staff, by)
    assert get_main_step(by, case) == TURN[State(case.state)], "one review serves for all"


def test_a_meeting_at_short_notice_says_why(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    call = {**values("call_meeting", staff), "starts_at": wished_moment(2)}
    with refused("kurang dari 3 hari kerja") as refusal:
        meetings.call_meeting(case, by=staff.petugas, **call)
    assert refusal.value.field == "short_notice_reason"
    why = "Diminta Gubernur."
    meetings.call_meeting(case, by=staff.petugas, **call, short_notice_reason=why)
    meetings.call_meeting(case, by=staff.petugas, **values("call_meeting", staff), short_notice_reason=why)
    Office.objects.update(meeting_notice_days=2)
    meetings.call_meeting(case, by=staff.petugas, **call)
    reasons = list(case.meetings.order_by("pk").values_list("short_notice_reason", flat=True))
    assert reasons == [why, "", ""], "nobody excuses what is in time"


def test_minutes_name_the_leader_and_when_the_meeting_ended(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    CALLS["call_meeting"](case, staff, staff.petugas)
    held = clock.now() - dt.timedelta(hours=2)
    case.meetings.update(starts_at=held)
    Case.objects.filter(pk=case.pk).update(meeting_at=held)
    case.refresh_from_db()
    notes = values("record_minutes", staff)
    for wrong, field, sentence in (
        ({"led_by": staff.elsewhere}, "led_by", "Pilih pimpinan"),
        ({"ended_at": held - dt.timedelta(minutes=1)}, "ended_at", "Rapat dimulai"),
        ({"ended_at": clock.now() + dt.timedelta(minutes=5)}, "ended_at", "Rapat dimulai"),
    ):
        with refused(sentence) as refusal:
            meetings.record_minutes(case, by=staff.petugas, **{**notes, **wrong})
        assert refusal.value.field == field
    meetings.record_minutes(case, by=staff.petugas, **notes)
    stored = case.meetings.get().minutes.get()
    assert (stored.led_by, stored.leader_title) == (staff.kabid, "Kepala Bidang Rehabilitasi Sosial")
    case.complained_about = staff.kabid
    assert staff.kabid not in [row.user for row in meetings.list_leaders(case, clock.today())]


def test_what_is_filed_asks_for_no_action(staff: Staff) -> None:
    effects = {"Tindak Lanjuti": "ACTION", "Arsipkan": "FILE", "Untuk Diketahui": "INFORMATION"}
    for text, effect in effects.items():
        Instruction.objects.create(text=text, effect=effect)
    case = case_at(State.REGISTERED, staff)
    for others in (["Tindak Lanjuti"], [MEETING]):
        for verb in ("dispose", "dispose_for"):
            by, given = right_actor(VERBS[verb].actor, case, staff), values(verb, staff)
            with refused("tidak dapat bersama") as refusal:
                PAGES[verb].service(case, by=by, **given, instructions=["Arsipkan", *others])
            assert refusal.value.field == "instructions"
    both = ["Arsipkan", "Untuk Diketahui", "Simpan di bidang"]
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, instructions=both)
    assert case.dispositions.get().instructions == both


def test_a_walk_in_that_waits_for_an_agency_is_prepared_first(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    CALLS["ask_opinion"](case, staff, staff.petugas)
    with refused("Telaahan staf wajib"):
        CALLS["start"](case, staff, staff.petugas)


# Steps 6 and 7


def test_a_time_that_has_passed_cannot_be_scheduled(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    with refused("sudah lewat"):
        scheduling_services.schedule(case, by=staff.petugas, starts_at=clock.now() - dt.timedelta(minutes=1))


def test_sessions_of_one_officer_may_touch_but_not_overlap(staff: Staff) -> None:
    first, second = (case_at(State.PREPARED, staff) for _ in range(2))
    moment = working_moment()
    schedule = partial(scheduling_services.schedule, by=staff.petugas)
    schedule(first, starts_at=moment, minutes=60)
    with refused("Petugas sudah memiliki jadwal lain"):
        schedule(second, starts_at=moment + dt.timedelta(minutes=30))
    schedule(second, starts_at=moment + dt.timedelta(minutes=60))
    with refused("Petugas sudah memiliki jadwal lain"):
        scheduling_services.reschedule(first, by=staff.petugas, starts_at=second.due_at, reason="Tukar.")


def test_a_consultation_begins_at_its_time_or_is_moved_to_now(staff: Staff) -> None:
    case = scheduled_on_friday(staff)
    start = partial(scheduling_services.start, case, by=staff.petugas)
    for moment in (on_friday("08:29"), FRIDAY - dt.timedelta(days=2)):
        with clock.set_to(moment), refused("dapat dimulai dari Jumat, 27 November 2026"):
            start()
    with clock.set_to(on_friday("09:10")), refused("dapat dimulai") as refusal:
        start(at=on_friday("08:10"))
    assert refusal.value.field == "at"
    ClosedDay.objects.create(day=FRIDAY.date(), reason="Cuti bersama")
    with clock.set_to(on_friday("09:10")):
        with refused("bukan hari kerja"):
            start()
        move = partial(scheduling_services.reschedule, case, by=staff.petugas, reason="Hadir", starts_at=None)
        with refused("Kantor sedang tutup") as refusal:
            move()
        assert refusal.value.field == "closed_reason"
        move(closed_reason="Pemohon datang dari pulau")
        assert case.history.latest("pk").note == "Hadir. Pemohon datang dari pulau."
        taken = case_at(State.PREPARED, staff)
        with refused("Petugas sudah memiliki jadwal lain"):
            scheduling_services.schedule(taken, by=staff.petugas, starts_at=on_friday("09:20"))
        start()
    assert afresh(case).state == State.IN_SESSION


def test_a_start_that_is_undone_leaves_the_case_as_it_was(staff: Staff) -> None:
    case = scheduled_on_friday(staff)
    with clock.set_to(MONDAY_BEFORE):
        CALLS["ask_time"](case, staff, applicant(case))
    moved = dict.fromkeys(("_state", "version", "since"))
    before = vars(afresh(case)) | {"slots": case.sessions.get().slots.count(), **moved}
    with clock.set_to(on_friday("08:45")):
        scheduling_services.start(case, by=staff.petugas)
        save_draft(case, "finish", by=staff.petugas, typed={"started_at": "08:45"}, window="a", seen=None)
        scheduling_services.undo_start(case, by=staff.petugas, note="Salah ketuk.")
    assert vars(afresh(case)) | {"slots": case.sessions.get().slots.count(), **moved} == before
    assert case.sessions.get().started_at is None
    assert not case.step_drafts.exists(), "it has the time of the mistaken start"
    assert case.history.latest("pk").note == "Salah ketuk."


@each(("verb", "note"), [("withdraw", ""), ("withdraw_for", "Telepon: ")])
def test_a_withdrawn_case_gives_its_half_hours_back(verb: str, note: str, staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    by = applicant(case) if verb == "withdraw" else staff.pkd
    CALLS[verb](case, staff, by)
    session, event = case.sessions.get(), case.history.latest("pk")
    assert (session.slots.count(), session.cancel_reason) == (0, "Sudah selesai di desa.")
    assert session.cancelled_at
    checked = " (Identitas diperiksa: Menelepon nomor yang tercatat)" if note else ""
    assert (event.by, event.note) == (by if note else None, f"{note}Sudah selesai di desa.{checked}")
    assert (case.state, afresh(case).end_reason) == (State.WITHDRAWN, "Sudah selesai di desa.")


def test_a_walk_in_that_is_withdrawn_waits_for_nobody(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    CALLS["withdraw"](case, staff, applicant(case))
    assert not waiting_for(afresh(staff.kadis)).exists()


def test_who_did_not_come_gets_a_new_time_and_the_old_one_stays_on_record(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    scheduling_services.no_show(case, by=staff.petugas, note="Ditunggu 30 menit.")
    assert current_session(afresh(case)) is None
    scheduling_services.schedule(case, by=staff.petugas, starts_at=free_moment(staff.petugas))
    missed, ahead = case.sessions.order_by("pk")
    assert (missed.cancel_reason, missed.slots.count()) == ("Pemohon tidak hadir", 0)
    assert (ahead.cancelled_at, ahead.slots.count(), current_session(afresh(case))) == (None, 2, ahead)


def test_a_moved_consultation_keeps_the_old_time_on_record(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    since, moment = case.since, working_moment(6)
    assert afresh(case).due_at == case.sessions.get().starts_at
    scheduling_services.reschedule(case, by=staff.petugas, starts_at=moment, reason="Permintaan pemohon.")
    old, new = case.sessions.order_by("pk")
    assert (old.cancel_reason, old.slots.count()) == ("Permintaan pemohon.", 0)
    assert current_session(afresh(case)) == new
    assert (afresh(case).due_at, afresh(case).since) == (moment, since)
    assert case.history.latest("pk").note == "Permintaan pemohon."


def test_an_entry_of_the_audit_log_is_one_insert_with_the_time_of_the_database(
    staff: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    with at_most_queries(2):  # outside of requests, the stamp is read for the title
        record(Act.LOGIN, by=staff.kadis)
    entry = AuditEntry.objects.get()
    assert entry.title == "Kepala Dinas"
    assert abs(timezone.now() - entry.at) < dt.timedelta(minutes=1)
