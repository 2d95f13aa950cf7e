"""The records of each service: all of them or nothing, when it happened and when it was entered."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from consultations import services as consultations_services
from consultations.enums import State
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile
from consultations.models import Attachment, Case
from consultations.queries import waiting_for
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.services import save_draft
from consultations.workflow import VERBS
from dispositions import services as dispositions_services
from dispositions.models import StaffReview
from kit import clock
from kit.refusal import Refused
from office.models import ClosedDay, User
from reports import services as report_services
from tests.factories import (
    DETAILS,
    SECTIONS,
    Staff,
    applicant,
    case_at,
    come_due,
    free_moment,
    take_a_minute,
    walk_in,
    walk_in_at,
    working_moment,
)
from tests.recorded import undone
from tests.standard.steps import CALLS, case_before, records, right_actor, stored

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


# All or nothing


def test_an_error_in_the_middle_leaves_nothing_behind(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    before = records()

    with pytest.raises(TypeError):
        dispositions_services.prepare(
            case, by=staff.petugas, administration="a", materials="b", review={"no such part": "x"}
        )

    assert records() == before
    assert case.state == State.ASSIGNED


def test_a_report_without_items_fails_at_the_database_and_leaves_nothing_behind(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    before = records()

    with pytest.raises(DatabaseError):
        report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": []})

    assert records() == before
    assert case.state == State.HELD


def test_a_walk_in_that_is_refused_takes_no_number(staff: Staff) -> None:
    before = records()

    with pytest.raises(Refused):
        walk_in(staff, officer=staff.elsewhere)

    assert records() == before


@pytest.mark.same_on_every_database  # test_concurrency.py tries it on both
def test_a_stale_second_actor_is_refused_and_changes_nothing(staff: Staff, subtests: pytest.Subtests) -> None:
    for verb, step in [(verb, step) for verb, step in VERBS.items() if step.source]:
        with subtests.test(verb), undone():
            case = case_before(step, staff)
            stale, by = stored(case), right_actor(step.actor, case, staff)
            CALLS[verb](case, staff, by)
            before = records()

            with pytest.raises(Refused, match="Orang lain baru saja memproses permohonan ini"):
                CALLS[verb](stale, staff, by)

            assert records() == before


# Times of the event and of its entry


def test_a_letter_entered_late_keeps_both_times(staff: Staff) -> None:
    happened = clock.now() - dt.timedelta(days=2)

    case = intake_services.receive(by=staff.sekretariat, at=happened, letter_number="12/DS/2026", **DETAILS)

    event = case.history.get()
    assert (event.happened_at, event.entered_late) == (happened, True)
    assert event.entered_at > happened
    assert (case.submitted_at, case.since) == (happened, happened)


def test_a_walk_in_entered_late_keeps_both_times(staff: Staff) -> None:
    arrived = clock.now() - dt.timedelta(hours=3)
    case = walk_in(staff, at=arrived)
    scheduling_services.start(case, by=staff.petugas, at=arrived + dt.timedelta(minutes=10))
    scheduling_services.finish(
        case, by=staff.petugas, attendees="Siti Contoh", finished_at=arrived + dt.timedelta(minutes=35)
    )

    session = case.sessions.get()
    assert session.minutes == 25
    assert [event.happened_at - arrived for event in case.history.order_by("pk")] == [
        dt.timedelta(0),
        dt.timedelta(minutes=10),
        dt.timedelta(minutes=35),
    ]
    assert all(event.entered_late for event in case.history.all())


def test_a_step_entered_at_once_is_not_late(staff: Staff) -> None:
    assert not case_at(State.REGISTERED, staff).history.latest("pk").entered_late


def test_what_lies_ahead_cannot_have_happened(staff: Staff, subtests: pytest.Subtests) -> None:
    for away in (dt.timedelta(minutes=1), dt.timedelta(days=400)):
        with subtests.test(away=away), undone():
            case = walk_in_at(State.ASSIGNED, staff)
            before = records()

            with pytest.raises(Refused, match="tidak boleh lebih dari waktu sekarang"):
                intake_services.receive(by=staff.sekretariat, at=clock.now() + away, **DETAILS)
            with pytest.raises(Refused, match="tidak boleh lebih dari waktu sekarang"):
                scheduling_services.start(case, by=staff.petugas, at=clock.now() + away)

            assert records() == before


def test_no_step_is_recorded_with_a_clock_ahead_of_the_database(staff: Staff, settings: Any) -> None:
    case = case_at(State.REGISTERED, staff)
    before = records()
    settings.CLOCK_TOLERANCE = 60

    with clock.set_to(timezone.now() + dt.timedelta(hours=3, minutes=1)):
        with pytest.raises(Refused, match="lebih cepat 180 menit"):
            dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
        with pytest.raises(Refused, match="Jam server tidak benar"):
            intake_services.receive(by=staff.sekretariat, **DETAILS)

    assert records() == before


def test_a_step_recorded_ahead_does_not_block_the_next_one(staff: Staff) -> None:
    with clock.set_to(timezone.now() + dt.timedelta(hours=3)):
        case = case_at(State.REGISTERED, staff)
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
    event = case.history.latest("pk")
    assert (case.state, case.since) == (State.DISPOSED, event.happened_at)
    assert event.happened_at <= timezone.now()


def test_a_step_cannot_have_happened_before_the_one_before_it(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    before = records()

    with pytest.raises(Refused, match="tidak boleh sebelum langkah sebelumnya"):
        scheduling_services.start(case, by=staff.petugas, at=case.since - dt.timedelta(minutes=1))

    assert records() == before


def test_a_time_that_cannot_be_real_is_refused(staff: Staff, subtests: pytest.Subtests) -> None:
    for start, end, field, sentence in (
        ("08:29", "09:30", "started_at", "dapat dimulai dari Jumat, 27 November 2026, 08.30 WIB"),
        ("09:10", "09:05", "finished_at", "harus sesudah waktu mulai"),
        ("09:10", "10:16", "finished_at", "belum tiba"),
        ("09:10", None, "finished_at", "pada hari yang sama"),
    ):
        with subtests.test(start=start, end=end, field=field, sentence=sentence), undone():
            case = started_on_friday(staff)
            later = FRIDAY.replace(hour=10, minute=15) + dt.timedelta(days=end is None)

            with clock.set_to(later), pytest.raises(Refused, match=sentence) as refusal:
                scheduling_services.finish(
                    case,
                    by=staff.petugas,
                    attendees="Siti Contoh",
                    started_at=on_friday(start),
                    finished_at=on_friday(end) if end else None,
                )

            assert (refusal.value.field, case.sessions.get().finished_at) == (field, None)


def test_the_real_time_is_entered_at_the_end(staff: Staff) -> None:
    """Started with a click at 09.40, although it began at 08.55."""
    case = started_on_friday(staff, "09:40")
    with clock.set_to(on_friday("09:45")):
        scheduling_services.finish(
            case,
            by=staff.petugas,
            attendees="Siti Contoh",
            started_at=on_friday("08:55"),
            finished_at=on_friday("09:20"),
        )

    assert case.sessions.get().minutes == 25
    # The history stays in order and keeps the moment at which the start was recorded.
    times = case.history.filter(number=7).order_by("pk").values_list("happened_at", flat=True)
    assert list(times) == [on_friday("09:40"), on_friday("09:40")]
    with pytest.raises(Refused, match="Batalkan mulai"):
        scheduling_services.undo_start(case, by=staff.petugas)


# Steps 1 and 2


def test_the_reasons_stand_in_the_history(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    consultations_services.send_back(case, by=staff.pkd, missing="Lampirkan surat resmi.")
    intake_services.complete(case, by=applicant(case), note="Surat kami lampirkan.", file=LETTER)
    consultations_services.register(case, by=staff.pkd, classification="400.9", note="Mohon segera.")
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, note="Tolong dibantu.")

    assert list(case.history.order_by("pk").values_list("verb", "note")) == [
        ("submit", ""),
        ("send_back", "Lampirkan surat resmi."),
        ("complete", "Surat kami lampirkan."),
        ("register", "Mohon segera."),
        ("dispose", "Tolong dibantu."),
    ]


def test_a_completion_changes_what_is_given_and_keeps_the_rest(staff: Staff) -> None:
    case = case_at(State.INCOMPLETE, staff)
    visit_at = case.visit_at

    intake_services.complete(case, by=applicant(case), material="Materi yang lebih jelas.", file=LETTER)

    case = stored(case)
    assert (case.material, case.visit_at, case.missing) == ("Materi yang lebih jelas.", visit_at, "")
    assert case.attachments.get().purpose == Attachment.Purpose.COMPLETION


# Steps 3 and 4


def test_copies_become_visible_and_handing_back_hides_the_case_again(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)

    def seen_by(user: User) -> bool:
        return Case.objects.visible_to(User.objects.get(pk=user.pk)).exists()

    assert (seen_by(staff.kabid), seen_by(staff.other_kabid)) == (False, False)
    dispositions_services.dispose(
        case, by=staff.kadis, division=staff.division, copies=[staff.division, staff.other_division]
    )
    assert (seen_by(staff.kabid), seen_by(staff.other_kabid)) == (True, True)
    assert case.dispositions.get().copies == ["Pemberdayaan Masyarakat Desa"]

    dispositions_services.hand_back(case, by=staff.kabid, reason="Bukan bidang kami.")
    assert (seen_by(staff.kabid), seen_by(staff.other_kabid)) == (False, False)
    assert case.dispositions.count() == 1

    dispositions_services.dispose(case, by=staff.kadis, division=staff.other_division)
    assert (seen_by(staff.kabid), seen_by(staff.other_kabid)) == (False, True)
    assert case.dispositions.count() == 2


def test_an_earlier_deadline_of_the_head_counts(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)

    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, deadline=clock.today())

    assert stored(case).deadline == clock.today()
    due = stored(case).due_at
    assert due
    assert timezone.localdate(due) == clock.today()


def test_a_declined_case_says_why_and_keeps_its_number(staff: Staff) -> None:
    case = stored(case_at(State.DECLINED, staff))

    assert case.end_reason == "Bukan kewenangan dinas."
    assert case.agenda
    assert case.due_at is None


def test_reassigning_moves_the_half_hours_to_the_new_officer(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert {slot.user for slot in case.sessions.get().slots.all()} == {staff.petugas, staff.companion}

    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")

    session = case.sessions.get()
    assert session.officer == stored(case).officer == staff.other_petugas
    assert {slot.user for slot in session.slots.all()} == {staff.other_petugas}
    assert [a.officer for a in case.assignments.order_by("pk")] == [staff.petugas, staff.other_petugas]
    assert case.assignments.latest("pk").reason == "Cuti."


def test_reassigning_to_somebody_who_is_taken_then_changes_nothing(staff: Staff) -> None:
    case, other = case_at(State.SCHEDULED, staff), case_at(State.DISPOSED, staff)
    dispositions_services.assign(other, by=staff.kabid, officer=staff.other_petugas)
    CALLS["prepare"](other, staff, staff.other_petugas)
    same_time = case.sessions.get().starts_at
    assert same_time
    scheduling_services.schedule(other, by=staff.other_petugas, starts_at=same_time)
    before = records()

    with pytest.raises(Refused, match="Other Petugas sudah memiliki jadwal lain"):
        dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")

    assert records() == before


def test_an_officer_is_replaced_during_the_consultation_and_before_the_report(
    staff: Staff, subtests: pytest.Subtests
) -> None:
    """The record keeps the officer of the consultation. The new officer takes the next steps."""
    for state in (State.IN_SESSION, State.HELD):
        with subtests.test(state=state), undone():
            case = case_at(state, staff)
            dispositions_services.reassign(
                case, by=staff.kabid, officer=staff.other_petugas, reason="Jatuh sakit."
            )
            held_by = staff.petugas if state == State.HELD else staff.other_petugas
            assert (case.state, case.sessions.get().officer) == (state, held_by)
            if state == State.IN_SESSION:
                CALLS["finish"](take_a_minute(case), staff, staff.other_petugas)
            CALLS["report"](case, staff, staff.other_petugas)
            assert not Case.objects.visible_to(staff.petugas).exists()


def test_nobody_takes_over_a_consultation_during_another_one(staff: Staff) -> None:
    other = case_at(State.DISPOSED, staff)
    dispositions_services.assign(other, by=staff.kabid, officer=staff.other_petugas)
    CALLS["prepare"](other, staff, staff.other_petugas)
    scheduling_services.schedule(other, by=staff.other_petugas, starts_at=working_moment(9))
    scheduling_services.start(come_due(other), by=staff.other_petugas)
    with pytest.raises(Refused, match="Other Petugas masih dalam konsultasi lain"):
        dispositions_services.reassign(
            case_at(State.IN_SESSION, staff), by=staff.kabid, officer=staff.other_petugas, reason="Sakit."
        )


# Step 5


def test_a_staff_review_that_was_asked_for_is_needed(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)

    with pytest.raises(Refused, match="telaahan staf"):
        CALLS["prepare"](case, staff, staff.petugas)

    parts = ("problem", "assumptions", "facts", "analysis", "conclusion", "advice")
    dispositions_services.prepare(
        case, by=staff.petugas, administration="a", materials="b", review=dict.fromkeys(parts, "Isi.")
    )
    assert StaffReview.objects.get(case=case).analysis == "Isi."


# Steps 6 and 7


def test_a_time_that_has_passed_cannot_be_scheduled(staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)

    with pytest.raises(Refused, match="sudah lewat"):
        scheduling_services.schedule(case, by=staff.petugas, starts_at=clock.now() - dt.timedelta(minutes=1))

    assert not Session.objects.exists()


def test_sessions_of_one_officer_may_touch_but_not_overlap(staff: Staff) -> None:
    first, second, third = (case_at(State.PREPARED, staff) for _ in range(3))
    moment = working_moment()
    scheduling_services.schedule(first, by=staff.petugas, starts_at=moment, minutes=60)
    before = records()

    with pytest.raises(Refused, match="Petugas sudah memiliki jadwal lain"):
        scheduling_services.schedule(second, by=staff.petugas, starts_at=moment + dt.timedelta(minutes=30))
    assert records() == before
    scheduling_services.schedule(third, by=staff.petugas, starts_at=moment + dt.timedelta(minutes=60))


def test_the_schedule_is_when_the_case_is_due(staff: Staff) -> None:
    case = stored(case_at(State.SCHEDULED, staff))

    assert case.due_at == case.sessions.get().starts_at


def test_a_consultation_begins_at_its_time_or_is_moved_to_now(staff: Staff) -> None:
    case = scheduled_on_friday(staff)
    for moment in (on_friday("08:29"), FRIDAY - dt.timedelta(days=2)):
        with clock.set_to(moment), pytest.raises(Refused, match="dapat dimulai dari Jumat, 27 November 2026"):
            scheduling_services.start(case, by=staff.petugas)
    with clock.set_to(on_friday("09:10")), pytest.raises(Refused, match="dapat dimulai") as refusal:
        scheduling_services.start(case, by=staff.petugas, at=on_friday("08:10"))
    assert refusal.value.field == "at"
    ClosedDay.objects.create(day=FRIDAY.date(), reason="Cuti bersama")
    with clock.set_to(on_friday("09:10")):
        with pytest.raises(Refused, match="bukan hari kerja"):
            scheduling_services.start(case, by=staff.petugas)
        scheduling_services.reschedule(case, by=staff.petugas, reason="Pemohon hadir.", starts_at=None)
        taken = case_at(State.PREPARED, staff)
        with pytest.raises(Refused, match="Petugas sudah memiliki jadwal lain"):
            scheduling_services.schedule(taken, by=staff.petugas, starts_at=on_friday("09:20"))
        scheduling_services.start(case, by=staff.petugas)
    assert stored(case).state == State.IN_SESSION


def test_a_start_that_is_undone_leaves_the_case_as_it_was(staff: Staff) -> None:
    case = scheduled_on_friday(staff)
    with clock.set_to(MONDAY_BEFORE):
        CALLS["ask_time"](case, staff, applicant(case))
    before = vars(stored(case)) | {"slots": case.sessions.get().slots.count()}
    with clock.set_to(on_friday("08:45")):
        scheduling_services.start(case, by=staff.petugas)
        save_draft(case, "finish", by=staff.petugas, typed={"started_at": "08:45"}, window="a", seen=None)
        scheduling_services.undo_start(case, by=staff.petugas, note="Salah ketuk.")
    after = vars(stored(case)) | {"slots": case.sessions.get().slots.count()}

    moved = {"_state", "version", "since"}
    assert {k: v for k, v in after.items() if k not in moved} == {
        k: v for k, v in before.items() if k not in moved
    }
    assert case.sessions.get().started_at is None
    assert not case.step_drafts.exists(), "it has the time of the mistaken start"
    assert case.history.latest("pk").note == "Salah ketuk."


def test_a_withdrawn_case_gives_its_half_hours_back(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    session = case.sessions.get()

    intake_services.withdraw(case, by=applicant(case), reason="Sudah selesai di desa.")

    session.refresh_from_db()
    assert (session.slots.count(), session.cancel_reason) == (0, "Sudah selesai di desa.")
    assert session.cancelled_at
    assert stored(case).end_reason == "Sudah selesai di desa."


def test_a_withdrawal_for_the_applicant_says_how_it_was_asked_for(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    CALLS["withdraw_for"](case, staff, staff.pkd)

    event = case.history.latest("pk")
    assert (event.by, event.note) == (staff.pkd, "Telepon: Sudah selesai di desa.")
    assert (stored(case).state, stored(case).end_reason) == (State.WITHDRAWN, "Sudah selesai di desa.")
    assert current_session(stored(case)) is None


def test_a_walk_in_that_is_withdrawn_waits_for_nobody(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    intake_services.withdraw(case, by=applicant(case), reason="Tidak jadi.")

    assert not waiting_for(User.objects.get(pk=staff.kadis.pk)).exists()


def test_who_did_not_come_gets_a_new_time_and_the_old_one_stays_on_record(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)

    scheduling_services.no_show(case, by=staff.petugas, note="Ditunggu 30 menit.")
    assert current_session(stored(case)) is None
    scheduling_services.schedule(case, by=staff.petugas, starts_at=free_moment(staff.petugas))

    missed, ahead = case.sessions.order_by("pk")
    assert (missed.cancel_reason, missed.slots.count()) == ("Pemohon tidak hadir", 0)
    assert (ahead.cancelled_at, ahead.slots.count(), current_session(stored(case))) == (None, 2, ahead)


def test_a_moved_consultation_keeps_the_old_time_on_record(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    since, moment = case.since, working_moment(6)

    scheduling_services.reschedule(case, by=staff.petugas, starts_at=moment, reason="Permintaan pemohon.")

    old, new = case.sessions.order_by("pk")
    assert (old.cancel_reason, old.slots.count()) == ("Permintaan pemohon.", 0)
    assert current_session(stored(case)) == new
    assert (stored(case).due_at, stored(case).since) == (moment, since)
    assert case.history.latest("pk").note == "Permintaan pemohon."


def test_a_move_to_a_taken_time_keeps_the_old_one(staff: Staff) -> None:
    case, other = case_at(State.SCHEDULED, staff), case_at(State.SCHEDULED, staff)
    taken = other.sessions.get().starts_at
    assert taken
    before = records()

    with pytest.raises(Refused):
        scheduling_services.reschedule(case, by=staff.petugas, starts_at=taken, reason="Tukar.")

    assert records() == before


def test_the_minutes_of_service_are_the_real_ones(staff: Staff) -> None:
    case = walk_in_at(State.IN_SESSION, staff)
    started = case.sessions.get().started_at
    assert started

    with clock.set_to(started + dt.timedelta(minutes=24, seconds=10)):
        scheduling_services.finish(case, by=staff.petugas, attendees="Siti Contoh")

    assert case.sessions.get().minutes == 25
