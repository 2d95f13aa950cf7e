"""Rules: which step notifies whom, as a literal table. Each row runs the real service."""

import datetime as dt

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case, Event
from consultations.parties import Applicant
from consultations.scheduling import services as scheduling_services
from consultations.workflow import VERBS, Step
from dispositions import services as dispositions_services
from kit import clock
from kit.cache import caching_per_request
from notices.models import Message, Notice
from notices.services.delivery import create_notices
from office.models import Appointment, Role
from tests.factories import (
    DETAILS,
    Staff,
    appoint,
    away,
    case_at,
    come_due,
    make_user,
    take_a_minute,
    walk_in,
    walk_in_at,
    working_moment,
)
from tests.shared_data import each
from tests.standard.steps import CALLS, case_before, right_actor, right_taker

NOTICES = """
take_back
submit         applicant RECEIVED         pkd TO_REGISTER
receive        applicant LETTER_RECEIVED  pkd TO_REGISTER
walk_in        petugas TO_SERVE_NOW     kadis TO_RATIFY        kabid WALK_IN
register       kadis TO_DISPOSE
send_back      applicant INCOMPLETE
complete       applicant COMPLETED        pkd TO_REGISTER
lapse          applicant LAPSED
void
name_official
to_complaint   applicant CONVERTED
to_consultation applicant CONVERTED
split          applicant SPLIT_OFF
split_off      applicant SPLIT_OFF
merge          applicant MERGED
endorse        kadis TO_DISPOSE
dispose        kabid TO_ASSIGN
dispose_for    kadis TO_RATIFY          kabid TO_ASSIGN
refuse_disposition  sekretariat REFUSED  kabid REFUSED
decline        applicant DECLINED
pass_on        applicant REFERRED_UP
pass_up        applicant REFERRED_UP
record_receipt applicant RECEIVED_THERE
remind_receiver
hand_back      kadis TO_DISPOSE
recall         kabid REFUSED
assign         petugas TO_SERVE
assign_for     kabid TO_CONFIRM         petugas TO_SERVE
ratify_assignment
refuse_assignment   sekretariat REFUSED  petugas REFUSED
reassign       other_petugas TO_SERVE   petugas HANDED_OVER    companion DROPPED
prepare
amend
ask_opinion
remind_agency
record_opinion
call_meeting
record_minutes
record_attendance
renew_link
correct_data
schedule       applicant SCHEDULED        companion SESSION
reschedule     applicant MOVED            companion SESSION
ask_time       applicant TIME_ASKED       petugas OTHER_TIME
keep_time      applicant KEPT
start
undo_start
answer         applicant ANSWERED
no_show        applicant NO_SHOW
ratify
finish
report         kabid TO_REVIEW
forward        kadis TO_ACCEPT
revise         petugas TO_REVISE
cosign         kadis TO_ACCEPT
refer_back     kabid TO_REVIEW
return         kabid TO_REVIEW
accept         applicant CLOSED
correct        petugas TO_REVISE
ask_again      applicant ENQUIRY_RECEIVED  petugas ENQUIRY
answer_again   applicant ENQUIRY_ANSWERED
answer_for     applicant ENQUIRY_ANSWERED
correct_contact applicant CONTACT_CHANGED
ask_deletion   applicant DELETION_ASKED  kadis TO_DECIDE
ask_deletion_for applicant DELETION_ASKED  kadis TO_DECIDE
decide_deletion applicant DELETION_DECIDED
decide_deletion_for applicant DELETION_DECIDED
confirm_deletion applicant DELETION_DECIDED
stop_deletion
retain
release
withdraw       applicant WITHDRAWN
withdraw_for   applicant WITHDRAWN_FOR
conclude       applicant CONCLUDED
dismiss        applicant DECLINED
refer_up       applicant REFERRED_UP
"""
ROWS = {
    verb: dict(zip(rest[::2], rest[1::2], strict=True))
    for verb, *rest in map(str.split, NOTICES.strip().splitlines())
}


def kinds(**conditions: object) -> dict[str, str]:
    """Return the kind of notice per recipient."""
    notices = Notice.objects.filter(**conditions).select_related("recipient")
    return {n.recipient.username if n.recipient else "applicant": n.kind for n in notices}


def test_the_table_names_every_verb() -> None:
    assert set(ROWS) == set(VERBS)


@each(("verb", "step"), VERBS.items())
def test_notices_of_each_step(verb: str, step: Step, crew: Staff) -> None:
    case = take_a_minute(case_before(step, crew))
    before = Event.objects.latest("pk")
    CALLS[verb](case, crew, right_taker(step, case, crew))
    assert kinds(event__pk__gt=before.pk) == ROWS[verb]


def test_a_second_request_for_another_time_is_told_too(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    for days in (3, 4):
        asked = working_moment(days)
        scheduling_services.ask_time(case, by=Applicant(case.secret), starts_at=asked, reason="Ke ladang.")
        assert kinds(event=case.history.latest("pk"))["petugas"] == "OTHER_TIME"


def test_the_end_of_a_consultation_of_an_absent_officer_asks_for_no_correction(crew: Staff) -> None:
    case = take_a_minute(case_at(State.IN_SESSION, crew))
    away(crew.petugas, 0, 30)
    scheduling_services.finish(case, by=crew.petugas, attendees="Siti")
    assert kinds(event=case.history.latest("pk")) == {}


def test_companions_and_copied_divisions_are_notified(crew: Staff) -> None:
    case = case_at(State.REGISTERED, crew)
    dispositions_services.dispose(case, by=crew.kadis, division=crew.division, copies=[crew.other_division])
    assert kinds(event__verb="dispose") == {"kabid": "TO_ASSIGN", "other_kabid": "COPY"}
    dispositions_services.assign(case, by=crew.kabid, officer=crew.petugas, companions=[crew.companion])
    assert kinds(event__verb="assign") == {"petugas": "TO_SERVE", "companion": "TO_ACCOMPANY"}
    intake_services.withdraw(case, by=Applicant(case.secret), reason="Sudah selesai.")
    called_off = {"petugas": "CALLED_OFF", "companion": "CALLED_OFF"}
    assert kinds(event__verb="withdraw") == {"applicant": "WITHDRAWN", **called_off}


def test_nobody_is_notified_of_an_own_step_and_the_first_rule_that_fits_decides(crew: Staff) -> None:
    case = case_at(State.DISPOSED, crew)
    dispositions_services.assign(case, by=crew.kabid, officer=crew.kabid, companions=[crew.petugas])
    assert kinds(event__verb="assign") == {"petugas": "TO_ACCOMPANY"}
    walk_in(crew, officer=crew.kabid)
    assert kinds(event__verb="walk_in") == {"kabid": "TO_SERVE_NOW", "kadis": "TO_RATIFY"}
    case = walk_in_at(State.ASSIGNED, crew)
    dispositions_services.reassign(case, by=crew.kabid, officer=crew.other_petugas, reason="Cuti.")
    assert kinds(event__verb="reassign") == {"other_petugas": "TO_SERVE", "petugas": "HANDED_OVER"}


def test_a_former_officer_who_stays_as_companion_gets_one_notice(crew: Staff) -> None:
    case = case_at(State.ASSIGNED, crew)
    for companion, expected in (
        (crew.petugas, {"petugas": "TO_ACCOMPANY", "companion": "DROPPED"}),
        (crew.companion, {"petugas": "DROPPED", "companion": "TO_ACCOMPANY"}),
    ):
        dispositions_services.reassign(
            case, by=crew.kabid, officer=crew.other_petugas, companions=[companion], reason="Tukar."
        )
        assert kinds(event=case.history.latest("pk")) == {"other_petugas": "TO_SERVE", **expected}


def test_the_holder_of_the_position_today_is_notified(crew: Staff) -> None:
    successor = make_user("penerus")
    Appointment.objects.filter(user=crew.kadis).update(ends=clock.today() - dt.timedelta(days=1))
    appoint(successor, Role.HEAD)
    case_at(State.REGISTERED, crew)
    assert kinds(event__verb="register") == {"penerus": "TO_DISPOSE"}


def test_the_official_complained_about_is_not_notified(crew: Staff) -> None:
    appoint(make_user("lain"), Role.DIVISION_HEAD, crew.division)
    case = case_at(State.SUBMITTED, crew, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=crew.pkd, classification="400.9", complained_about=crew.kabid)
    dispositions_services.dispose(case, by=crew.kadis, division=crew.division)
    assert kinds(event__verb="dispose") == {"lain": "TO_ASSIGN"}


CHANNELS: list[tuple[dict[str, str], list[str] | None]] = [
    ({}, ["EMAIL", "WHATSAPP"]),
    ({"email": ""}, ["WHATSAPP"]),
    ({"email": "", "phone": "+62717422222"}, ["PHONE"]),
    ({"kind": "COMPLAINT", "identity": "CONFIDENTIAL"}, ["EMAIL"]),
    ({"kind": "COMPLAINT", "identity": "CONFIDENTIAL", "email": ""}, []),
    ({"kind": "COMPLAINT", "identity": "ANONYMOUS"}, None),
]
"""The contact that an applicant gave, and the channels of a notice. None says that there is no notice."""


def test_channels_of_a_notice_to_the_applicant(crew: Staff) -> None:
    for details, channels in CHANNELS:
        case = case_at(State.INCOMPLETE, crew, **details)
        notices = case.notices.filter(recipient=None, kind="INCOMPLETE")
        assert notices.count() == (channels is not None), details
        found = Message.objects.filter(notice__in=notices).order_by("pk").values_list("channel", flat=True)
        assert list(found) == (channels or []), details


def test_receipts_are_sent_by_mail_only_and_to_no_walk_in(crew: Staff) -> None:
    case_at(State.SUBMITTED, crew)
    assert Message.objects.get(notice__recipient=None).channel == "EMAIL"
    visitor = walk_in_at(State.ASSIGNED, crew, email=DETAILS["email"])
    for case in (case_at(State.SUBMITTED, crew, email=""), visitor):
        assert not case.notices.filter(recipient=None).exists()


def test_staff_without_an_address_get_a_notice_without_messages(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    assert case.notices.get(recipient=staff.kadis).messages.count() == 0


def test_a_step_creates_its_notices_once(crew: Staff) -> None:
    case = case_at(State.INCOMPLETE, crew)
    with pytest.raises(Exception, match=r"UNIQUE|unique"), transaction.atomic():
        create_notices(case, case.history.latest("pk"), {})
    assert case.notices.filter(kind="INCOMPLETE").count() == 1


def fail_after_notices(**more: object) -> None:
    assert kinds(event__verb="register") == {"kadis": "TO_DISPOSE"}
    raise OSError


def test_a_step_and_its_notices_are_stored_together_or_not_at_all(crew: Staff, settings: Settings) -> None:
    case = case_at(State.SUBMITTED, crew)
    settings.STEP_RECEIVERS = [*settings.STEP_RECEIVERS, f"{__name__}.{fail_after_notices.__name__}"]
    with pytest.raises(OSError):  # noqa: PT011
        consultations_services.register(case, by=crew.pkd, classification="400.9")
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    assert kinds(event__verb="register") == {}


@pytest.mark.parametrize("colleagues", [0, 30])
def test_the_number_of_queries_does_not_depend_on_the_number_of_recipients(
    colleagues: int, crew: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    for number in range(colleagues):
        user = make_user(f"rekan{number}")
        user.email = f"rekan{number}@dinas.example"
        user.save()
        appoint(user, Role.TIM_PKD)
    case = Case.objects.get(pk=case_at(State.SUBMITTED, crew).pk)
    event = case.history.get()
    Message.objects.all().delete()
    Notice.objects.all().delete()
    with caching_per_request(), at_most_queries(4):  # items, notices, messages; the positions are remembered
        create_notices(case, event, {})
    assert Message.objects.count() == 2 + colleagues


SUPERSEDING = {
    "reschedule": lambda c, s: scheduling_services.reschedule(
        c, by=s.petugas, starts_at=working_moment(5), reason="Pindah."
    ),
    "no_show": lambda c, s: scheduling_services.no_show(c, by=s.petugas),
    "answer": lambda c, s: scheduling_services.answer(c, by=s.petugas, answer="Sudah kami perbaiki."),
    "start": lambda c, s: scheduling_services.start(come_due(c), by=s.petugas),
}


@each("verb", SUPERSEDING)
def test_messages_of_a_superseded_schedule_are_cancelled_but_sent_ones_stay(verb: str, crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    old = Message.objects.filter(notice__event__verb="schedule")
    sent, *_waiting = old.order_by("pk")
    Message.objects.filter(pk=sent.pk).update(status="SENT", sent_at=clock.now())
    SUPERSEDING[verb](case, crew)
    assert old.get(status="SENT") == sent
    assert [bool(message.reason) for message in old.filter(status="CANCELLED")] == [True, True]


@each("verb", [*SUPERSEDING, "keep_time"])
def test_the_receipt_for_another_time_is_not_sent_afterwards(verb: str, crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    CALLS["ask_time"](case, crew, Applicant(case.secret))
    CALLS[verb](come_due(case), crew, crew.petugas)
    assert Message.objects.get(notice__kind="TIME_ASKED").status == "CANCELLED"


def test_an_undone_start_lets_the_messages_of_the_schedule_wait_again(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    scheduling_services.reschedule(case, by=crew.petugas, starts_at=working_moment(2), reason="Pindah.")
    CALLS["ask_time"](case, crew, Applicant(case.secret))
    read = ("pk", "superseded_at", "messages__status", "messages__reason")
    before = list(case.notices.order_by(*read).values_list(*read))
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        SUPERSEDING["start"](case, crew)
        assert list(case.notices.order_by(*read).values_list(*read)) != before
        CALLS["undo_start"](case, crew, crew.petugas)
    assert list(case.notices.order_by(*read).values_list(*read)) == before


def test_a_confirmed_schedule_is_announced_once(crew: Staff) -> None:
    """Messages of the schedule and of the first answer are cancelled."""
    case = case_at(State.SCHEDULED, crew)
    for _time in range(2):
        CALLS["ask_time"](case, crew, right_actor(VERBS["ask_time"].actor, case, crew))
        scheduling_services.keep_time(case, by=crew.petugas, reason="Petugas lain penuh.")
    waiting = Message.objects.filter(status="WAITING", notice__kind__in=["SCHEDULED", "KEPT", "SESSION"])
    assert list(waiting.order_by("pk").values_list("notice__kind", "channel")) == [
        ("SESSION", "EMAIL"),
        ("KEPT", "EMAIL"),
        ("KEPT", "WHATSAPP"),
    ]
    cancelled = Message.objects.filter(notice__kind="SCHEDULED").values_list("status", "reason")
    assert set(cancelled) == {("CANCELLED", "Tidak berlaku lagi: Jadwal dinyatakan tetap")}


def test_completing_a_request_cancels_the_message_about_it(crew: Staff) -> None:
    case = case_at(State.INCOMPLETE, crew)
    intake_services.complete(case, by=right_actor(VERBS["complete"].actor, case, crew))
    assert set(Message.objects.filter(notice__kind="INCOMPLETE").values_list("status")) == {("CANCELLED",)}
