"""Steps of many people at once have the same result as one after the other."""

import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from consultations import services as consultations_services
from consultations.enums import Identity, Kind, State
from consultations.intake import services as intake_services
from consultations.intake.drafts import create_once
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import CheckedFile
from consultations.models import AgendaEntry, Case, NumberBook
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import delegate, end_delegation
from consultations.scheduling.models import Session, Slot
from consultations.workflow import VERBS
from documents import signing_desk
from documents.life import lock
from documents.models import Document, PaperRule, ReportNumber
from documents.numbering import enter_number, number_letter, reserve_report_number
from documents.registers.printing import print_register
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.occasions import notify_of_collisions
from office.access import changes as access_changes
from office.models import AccessChange, Appointment, ClosedDay, Office, Position, Role, Room
from office.models.codes import NUMBER_PATTERN
from tests.factories import (
    DETAILS,
    ORDER,
    Staff,
    applicant,
    away,
    case_at,
    make_user,
    prepared_by,
    take_a_minute,
    walk_in_at,
    working_moment,
)
from tests.many_cases import cases_at
from tests.standard.steps import CALLS, case_before, right_taker
from tests.submitting import accept, pdf, send, typed, upload
from tests.threads import run_at_once
from trust.archive.destruction import act
from trust.privacy.models import Disposal

pytestmark = pytest.mark.usefixtures("shared_database")


def at_once(calls: Sequence[Callable[[], object]]) -> Counter[str]:
    """Start all calls at the same moment, each in its own thread with its own connection.

    Returns how many were done and how many got a sentence; any other error goes on to the test.
    """

    def outcome(call: Callable[[], object]) -> str:
        try:
            call()
        except Refused as refusal:
            return "refused" if str(refusal).endswith(".") else f"no sentence: {refusal}"
        return "done"

    return Counter(run_at_once([partial(outcome, call) for call in calls]))


def test_fifty_registrations_at_once_get_fifty_consecutive_numbers(staff: Staff) -> None:
    cases = cases_at(State.SUBMITTED, staff, 50)
    answers = at_once([partial(CALLS["register"], case, staff, staff.pkd) for case in cases])
    assert answers == {"done": 50}
    assert sorted(AgendaEntry.objects.values_list("number", flat=True)) == list(range(1, 51))
    assert Case.objects.filter(state=State.REGISTERED, agenda__isnull=False).count() == 50


def test_fifty_bookings_of_one_slot_give_one_session(staff: Staff) -> None:
    cases = cases_at(State.PREPARED, staff, 50)
    schedule = partial(scheduling_services.schedule, by=staff.petugas, starts_at=working_moment(2))
    answers = at_once([partial(schedule, case) for case in cases])
    assert answers == {"done": 1, "refused": 49}
    assert Session.objects.count() == 1
    assert Slot.objects.filter(user=staff.petugas).count() == 1
    assert Case.objects.filter(state=State.SCHEDULED).count() == 1


@pytest.mark.parametrize(
    "verbs",
    [
        ["register", "dispose", "schedule", "start", "report", "accept", "withdraw"],
        pytest.param([verb for verb, step in VERBS.items() if step.source], marks=pytest.mark.release),
    ],
    ids=["some", "all"],
)
def test_a_step_taken_by_eight_people_at_once_happens_once(
    verbs: list[str], staff: Staff, subtests: pytest.Subtests
) -> None:
    for verb in verbs:
        step = VERBS[verb]
        case = case_before(step, staff)
        before = case.history.count()
        copies = [Case.objects.select_related("officer", "division").get(pk=case.pk) for _ in range(8)]
        answers = at_once(
            [partial(CALLS[verb], copy, staff, right_taker(step, copy, staff)) for copy in copies]
        )
        case.refresh_from_db()
        with subtests.test(verb):
            assert answers == {"done": 1, "refused": 7}
            assert case.history.count() == before + 1
            assert case.state == step.target
        staff.petugas.appointments.update(ends=None)  # `answer_for` is for an officer who has left
        if case.state == State.IN_SESSION:  # the officer can only be in one session
            CALLS["finish"](take_a_minute(case), staff, staff.petugas)
        Slot.objects.all().delete()  # another case may be planned for the same Monday


def test_one_form_sent_eight_times_at_once_gives_one_case(staff: Staff) -> None:
    token, letter = uuid.uuid4(), CheckedFile(pdf(), "application/pdf", "surat.pdf")
    codes: list[str] = []

    def submit() -> Case:
        return intake_services.submit(submission_hash=token, letter=letter, **DETAILS)

    answers = at_once([lambda: codes.append(create_once(token, submit).code)] * 8)
    assert answers == {"done": 8}
    case = Case.objects.get()
    assert {case.code} == set(codes)
    assert case.history.count() == case.attachments.count() == 1


def test_an_officer_starts_one_of_two_walk_ins(staff: Staff) -> None:
    cases = [walk_in_at(State.ASSIGNED, staff) for _ in range(2)]
    answers = at_once([partial(CALLS["start"], case, staff, staff.petugas) for case in cases])
    assert answers == {"done": 1, "refused": 1}
    assert Session.objects.filter(started_at__isnull=False, finished_at__isnull=True).count() == 1


def test_two_cases_that_ask_for_the_same_two_people_do_not_wait_for_each_other(staff: Staff) -> None:
    """Each officer accompanies the other: booked in different orders, the two would block for ever."""
    pairs = [(staff.petugas, staff.other_petugas), (staff.other_petugas, staff.petugas)] * 4
    schedule = partial(scheduling_services.schedule, starts_at=working_moment(2), minutes=120)
    cases = [prepared_by(officer, staff, companion) for officer, companion in pairs]
    answers = at_once([partial(schedule, case, by=case.officer) for case in cases])
    assert answers == {"done": 1, "refused": 7}


def test_two_officers_who_book_one_room_at_once_get_one_session(staff: Staff) -> None:
    room, moment = Room.objects.create(name="Ruang Melati"), working_moment(2)
    schedule = partial(scheduling_services.schedule, starts_at=moment, room=room)
    officers = [staff.petugas, staff.other_petugas]
    answers = at_once([partial(schedule, prepared_by(officer, staff), by=officer) for officer in officers])
    assert answers == {"done": 1, "refused": 1}
    assert Slot.objects.filter(room=room).count() == 1


def test_two_sessions_change_rooms_without_blocking(staff: Staff) -> None:
    moment = working_moment(2)
    rooms = [Room.objects.create(name=name) for name in ("Ruang Mawar", "Ruang Melati")]
    calls = []
    for officer, room, other in zip((staff.petugas, staff.other_petugas), rooms, rooms[::-1], strict=True):
        case = prepared_by(officer, staff)
        scheduling_services.schedule(case, by=officer, room=room, starts_at=moment)
        change = partial(scheduling_services.reschedule, case, by=officer, room=other, starts_at=moment)
        calls.append(partial(change, reason="Tukar ruang."))
    assert at_once(calls)["refused"] >= 1
    assert Slot.objects.filter(room__in=rooms).count() == 2


def test_two_workers_tell_an_officer_of_a_holiday_once(staff: Staff) -> None:
    case_at(State.SCHEDULED, staff)
    ClosedDay.objects.create(day=working_moment().date(), reason="Pilkada")
    assert at_once([notify_of_collisions.func] * 4) == {"done": 4}
    assert Notice.objects.filter(kind="COLLISION").count() == 1


def test_a_stand_in_whose_time_ends_names_nobody_at_that_moment(staff: Staff) -> None:
    """The Kepala Dinas ends it in a transaction that is not yet committed when the stand-in names another."""
    source, week = staff.kadis.appointments.get(), away(staff.kadis, 1, 5)
    first = delegate(week, by=staff.kadis, source=source, to=staff.kabid, **ORDER)
    middle = away(staff.kabid, 1, 2)
    deputy = {"source": first.appointment, "to": staff.other_kabid, **ORDER}
    name_another = partial(delegate, middle, by=staff.kabid, **deputy)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            end_delegation(first, by=staff.kadis)
            naming = pool.submit(copy_context().run, at_once, [name_another])
            time.sleep(0.5)
        assert naming.result() == {"refused": 1}


def test_a_stand_in_can_end_while_the_office_changes_the_same_appointment(staff: Staff) -> None:
    """No change of the office waits for another one, so they cannot wait for each other."""
    source = staff.kadis.appointments.get()
    first = delegate(away(staff.kadis, 1, 5), by=staff.kadis, source=source, to=staff.kabid, **ORDER)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Room.objects.create(name="Ruang Baru")
            end = partial(end_delegation, first, by=staff.kadis)
            ending = pool.submit(copy_context().run, at_once, [end])
            time.sleep(0.5)
            Appointment.objects.filter(pk=first.appointment_id).update(ends=first.appointment.starts)
        assert ending.result() == {"done": 1}


def test_two_sessions_change_places_without_blocking(staff: Staff) -> None:
    """Both give a half hour back and ask for the other's; one of them, at most, gets it."""
    cases = [case_at(State.SCHEDULED, staff) for _ in range(2)]
    times = [case.sessions.get().starts_at for case in reversed(cases)]
    change = partial(scheduling_services.reschedule, by=staff.petugas, reason="Tukar waktu.")
    answers = at_once([partial(change, c, starts_at=t) for c, t in zip(cases, times, strict=True)])
    assert answers["refused"] >= 1
    assert Slot.objects.filter(user=staff.petugas).count() == 2


def test_numbers_are_gapless_though_every_other_registration_fails(staff: Staff) -> None:
    cases = cases_at(State.SUBMITTED, staff, 20)
    for case in cases[::2]:
        Case.objects.filter(pk=case.pk).update(version=99)
    answers = at_once([partial(CALLS["register"], case, staff, staff.pkd) for case in cases])
    assert answers == {"done": 10, "refused": 10}
    assert sorted(AgendaEntry.objects.values_list("number", flat=True)) == list(range(1, 11))
    assert NumberBook.objects.get().taken == 10


def test_no_file_of_a_hidden_complainant_is_opened_while_others_wait_for_the_database(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, bool]] = []
    run = subprocess.run

    def watched(program: list[str], **options: object) -> object:
        opened.append((program[-1], connection.in_atomic_block))
        return run(program, **options)  # type: ignore[call-overload]

    letter = CheckedFile(pdf(), "application/pdf", "surat.pdf")
    hidden: dict[str, Any] = {**DETAILS, "kind": Kind.COMPLAINT, "identity": Identity.CONFIDENTIAL}
    monkeypatch.setattr(subprocess, "run", watched)
    for caught in ("", "x"):
        files = {name: upload("surat.pdf", pdf()) for name in ("letter", "materials")}
        send(Client(), "/pengaduan/", typed(identity="CONFIDENTIAL", homepage=caught, **files))
    accept(RequestDraft.objects.get(), staff.pkd)
    case = intake_services.receive(by=staff.sekretariat, letter=letter, **hidden)
    consultations_services.send_back(case, by=staff.pkd, missing="Bukti")
    intake_services.complete(case, by=applicant(case), file=letter)
    assert Counter(opened) == {("check", False): 4, ("anonymise", False): 6}


def test_eight_printings_at_once_are_eight_versions_and_a_page_is_issued_once(staff: Staff) -> None:
    """The same register gets versions that count up, each naming the one before."""
    printing = partial(print_register, "AGENDA_BOOK", by=staff.pkd, since=clock.today(), until=clock.today())
    assert at_once([partial(printing, newest=0)] * 8) == {"done": 1, "refused": 7}
    assert at_once([printing] * 7) == {"done": 7}
    versions = Document.objects.order_by("version").values_list("version", "replaces__version")
    assert list(versions) == [(1, None), *((n, n - 1) for n in range(2, 9))]
    assert Document.objects.in_force().get().version == 8


def test_eight_papers_numbered_at_once_get_eight_numbers_without_a_gap(staff: Staff) -> None:
    """Letters and reports share their series, while somebody enters a number that the series gives too."""
    Office.objects.update(number_pattern=NUMBER_PATTERN)
    PaperRule.objects.create(kind="ASSIGNMENT", classification="400.9", initials=["DIVISION_HEAD"])
    planned = [case_at(State.SCHEDULED, staff) for _ in range(2)]
    reported = [case_at(State.FORWARDED, staff) for _ in range(5)]
    papers = Document.objects.filter(case__in=planned, kind__in=["SCHEDULE", "ASSIGNMENT"])
    for paper in papers:
        signing_desk.initial(paper, by=staff.kabid)
    other, *letters = papers.order_by("kind")[:3]
    year = clock.today().year
    calls: list[Callable[[], object]] = [partial(number_by_itself, letter) for letter in letters]
    calls += [partial(transaction.atomic(reserve_report_number), case) for case in reported]
    calls.append(partial(enter_number, other, by=staff.pkd, number=f"400.9/2/DINCONTOH/{year}"))
    answers = at_once(calls)
    numbers = [*papers.exclude(number="").values_list("number", flat=True)]
    numbers += ReportNumber.objects.values_list("number", flat=True)
    assert len({*numbers}) == len(numbers) == answers["done"] >= 7
    counted = sorted(int(number.split("/")[1]) for number in numbers)
    assert counted == list(range(1, len(numbers) + 1)), "a refused number leaves no gap"


def number_by_itself(letter: Document) -> None:
    with transaction.atomic():
        locked = lock(letter)
        assert locked
        number_letter(locked)
        locked.save(update_fields=["number", "numbered_at"])


@pytest.mark.parametrize("second", [access_changes.confirm, access_changes.refuse])
def test_two_decisions_about_a_change_of_access_at_once_are_one(second: Any, staff: Staff) -> None:
    other = make_user("admin2")
    other.is_staff = True
    other.save()
    what: dict[str, Any] = {"position": Position.objects.get(role=Role.TIM_PKD), "starts": clock.today()}
    change = access_changes.propose(access_changes.Kind.APPOINT, staff.petugas, by=staff.admin, **what)
    first = partial(access_changes.confirm, change, by=staff.kadis)
    answers = at_once([first, partial(second, change, by=other)])
    change.refresh_from_db()
    assert answers == {"done": 1, "refused": 1}
    appointed = Appointment.objects.filter(user=staff.petugas, position=what["position"]).count()
    assert appointed == (change.outcome == AccessChange.Outcome.CONFIRMED)


def test_an_act_of_the_archive_at_once_happens_once(staff: Staff) -> None:
    listed = {"rule": "REQUEST", "years": 5, "before": clock.today(), "rows": 1}
    disposal = Disposal.objects.create(**listed, proposed_by=staff.pkd, proposed_title="Tim PKD")
    scan = [CheckedFile(pdf(), "application/pdf", "sk.pdf")]
    facts: Any = {"letter": "1/SK", "dated": clock.today(), "text": "Ani", "scan": scan}
    appoint = partial(act, "appoint", disposal, by=staff.sekretariat, **facts)
    assert at_once([appoint] * 4) == {"done": 1, "refused": 3}
    assert disposal.acts.count() == 1
