"""Who is told of which step: the whole table, literally, each row by the real service."""

import datetime as dt

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case, Event
from consultations.parties import Applicant
from consultations.signals import step_taken
from consultations.workflow import VERBS
from dispositions import services as dispositions_services
from intake import services as intake_services
from notices.models import Message, Notice
from notices.outbox import tell
from office import clock
from office.models import Appointment, Role
from scheduling import services as scheduling_services
from tests.factories import DETAILS, Staff, appoint, case_at, make_user, walk_in_at, working_moment
from tests.standard.steps import CALLS, case_before, right_actor

# fmt: off -- a table is read in columns
TOLD = """
submit         applicant RECEIVED         pkd TO_REGISTER
receive        applicant LETTER_RECEIVED  pkd TO_REGISTER
walk_in        petugas TO_SERVE_NOW     kadis TO_RATIFY        kabid WALK_IN
register       kadis TO_DISPOSE
send_back      applicant INCOMPLETE
complete       applicant COMPLETED        pkd TO_REGISTER
lapse          applicant LAPSED
void
name_official
dispose        kabid TO_ASSIGN
decline        applicant DECLINED
hand_back      kadis TO_DISPOSE
assign         petugas TO_SERVE
reassign       other_petugas TO_SERVE   petugas HANDED_OVER
prepare
ask_opinion
record_opinion
schedule       applicant SCHEDULED        companion SESSION
reschedule     applicant MOVED            companion SESSION
ask_time       applicant TIME_ASKED       petugas OTHER_TIME
keep_time      applicant KEPT
start
no_show        applicant NO_SHOW
ratify
finish
report         kabid TO_REVIEW
forward        kadis TO_ACCEPT
revise         petugas TO_REVISE
return         kabid TO_REVIEW
accept         applicant CLOSED
correct        petugas TO_REVISE
withdraw       applicant WITHDRAWN
"""
# fmt: on
ROWS = {
    verb: dict(zip(rest[::2], rest[1::2], strict=True))
    for verb, *rest in map(str.split, TOLD.strip().splitlines())
}


def told_since(event: Event) -> dict[str, str]:
    """Who was told what of the steps after an event."""
    notices = Notice.objects.filter(event__pk__gt=event.pk).select_related("recipient")
    return {n.recipient.username if n.recipient else "applicant": n.kind for n in notices}


def told_of(verb: str) -> dict[str, str]:
    notices = Notice.objects.filter(event__verb=verb).select_related("recipient")
    return {n.recipient.username if n.recipient else "applicant": n.kind for n in notices}


def test_the_table_names_every_verb() -> None:
    assert set(ROWS) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_who_is_told_of_a_step(verb: str, crew: Staff) -> None:
    case = case_before(VERBS[verb], crew)
    before = Event.objects.latest("pk")

    CALLS[verb](case, crew, right_actor(VERBS[verb].actor, case, crew))

    assert told_since(before) == ROWS[verb]


def test_companions_and_copied_divisions_are_told(crew: Staff) -> None:
    case = case_at(State.REGISTERED, crew)
    dispositions_services.dispose(case, by=crew.kadis, division=crew.division, copies=[crew.other_division])
    assert told_of("dispose") == {"kabid": "TO_ASSIGN", "other_kabid": "COPY"}
    dispositions_services.assign(case, by=crew.kabid, officer=crew.petugas, companions=[crew.companion])
    assert told_of("assign") == {"petugas": "TO_SERVE", "companion": "TO_ACCOMPANY"}


def test_who_serves_a_case_hears_that_it_was_withdrawn(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    intake_services.withdraw(
        case, by=right_actor(VERBS["withdraw"].actor, case, crew), reason="Sudah selesai."
    )
    assert told_of("withdraw") == {
        "applicant": "WITHDRAWN",
        "petugas": "CALLED_OFF",
        "companion": "CALLED_OFF",
    }


def test_a_division_head_who_serves_in_person_is_not_told_of_an_own_decision(crew: Staff) -> None:
    case = case_at(State.DISPOSED, crew)
    dispositions_services.assign(case, by=crew.kabid, officer=crew.kabid, companions=[crew.petugas])
    assert told_of("assign") == {"petugas": "TO_ACCOMPANY"}


def test_a_division_head_who_serves_a_walk_in_is_told_that_alone(crew: Staff) -> None:
    dispositions_services.walk_in(
        by=crew.sekretariat,
        division=crew.division,
        officer=crew.kabid,
        classification="400.9",
        **DETAILS,
    )
    assert told_of("walk_in") == {"kabid": "TO_SERVE_NOW", "kadis": "TO_RATIFY"}


def test_the_former_officer_of_a_walk_in_is_told_that_it_was_given_away(crew: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, crew)
    dispositions_services.reassign(case, by=crew.kabid, officer=crew.other_petugas, reason="Cuti.")
    assert told_of("reassign") == {"other_petugas": "TO_SERVE", "petugas": "HANDED_OVER"}


def test_who_stays_with_a_case_hears_of_the_new_place_in_it(crew: Staff) -> None:
    case = case_at(State.ASSIGNED, crew)
    dispositions_services.reassign(
        case, by=crew.kabid, officer=crew.other_petugas, companions=[crew.petugas], reason="Tukar."
    )
    assert told_of("reassign") == {"other_petugas": "TO_SERVE", "petugas": "TO_ACCOMPANY"}
    dispositions_services.reassign(
        case,
        by=crew.kabid,
        officer=crew.other_petugas,
        companions=[crew.companion],
        reason="Tukar.",
    )
    last = Notice.objects.filter(event=case.history.latest("pk")).values_list("recipient__username", "kind")
    assert set(last) == {("other_petugas", "TO_SERVE"), ("companion", "TO_ACCOMPANY")}


def test_who_holds_the_position_today_is_told(crew: Staff) -> None:
    successor = make_user("penerus")
    Appointment.objects.filter(user=crew.kadis).update(ends=clock.today() - dt.timedelta(days=1))
    appoint(successor, Role.HEAD)
    case_at(State.REGISTERED, crew)
    assert told_of("register") == {"penerus": "TO_DISPOSE"}


def test_the_official_complained_about_is_told_nothing(crew: Staff) -> None:
    appoint(make_user("lain"), Role.DIVISION_HEAD, crew.division)
    case = case_at(State.SUBMITTED, crew, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=crew.pkd, classification="400.9", complained_about=crew.kabid)
    dispositions_services.dispose(case, by=crew.kadis, division=crew.division)
    assert told_of("dispose") == {"lain": "TO_ASSIGN"}


@pytest.mark.parametrize(
    ("details", "channels"),
    [
        ({}, ["EMAIL", "WHATSAPP"]),
        ({"email": ""}, ["WHATSAPP"]),
        ({"kind": "COMPLAINT", "identity": "CONFIDENTIAL"}, ["EMAIL"]),
        ({"kind": "COMPLAINT", "identity": "CONFIDENTIAL", "email": ""}, []),
        ({"kind": "COMPLAINT", "identity": "ANONYMOUS"}, None),
    ],
    ids=["both", "phone alone", "hidden", "hidden without mail", "anonymous"],
)
def test_by_which_way_an_applicant_is_told(
    details: dict[str, str], channels: list[str] | None, crew: Staff
) -> None:
    case = case_at(State.INCOMPLETE, crew, **details)
    notices = case.notices.filter(recipient=None, kind="INCOMPLETE")
    assert notices.count() == (channels is not None)
    found = Message.objects.filter(notice__in=notices).order_by("pk").values_list("channel", flat=True)
    assert list(found) == (channels or [])


def test_a_receipt_goes_by_mail_or_not_at_all(crew: Staff) -> None:
    case_at(State.SUBMITTED, crew)
    assert Message.objects.get(notice__recipient=None).channel == "EMAIL"
    case = case_at(State.SUBMITTED, crew, email="")
    assert not case.notices.filter(recipient=None).exists()


def test_staff_without_an_address_find_the_notice_on_their_desk(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    assert case.notices.get(recipient=staff.kadis).messages.count() == 0


def test_a_step_is_told_once(crew: Staff) -> None:
    case = case_at(State.INCOMPLETE, crew)
    with pytest.raises(Exception, match=r"UNIQUE|unique"), transaction.atomic():
        tell(case, case.history.latest("pk"), {})
    assert case.notices.filter(kind="INCOMPLETE").count() == 1


def test_there_is_no_step_without_its_notices_and_no_notice_without_its_step(crew: Staff) -> None:
    """They are written in the step's own transaction: what fails after them undoes both."""
    case = case_at(State.SUBMITTED, crew)

    def fails(**more: object) -> None:
        assert told_of("register") == {"kadis": "TO_DISPOSE"}
        raise OSError

    step_taken.connect(fails)
    try:
        with pytest.raises(OSError):  # noqa: PT011
            consultations_services.register(case, by=crew.pkd, classification="400.9")
    finally:
        step_taken.disconnect(fails)
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    assert told_of("register") == {}


@pytest.mark.parametrize("colleagues", [0, 30])
def test_telling_many_costs_the_same_as_telling_one(
    colleagues: int, crew: Staff, django_assert_num_queries: DjangoAssertNumQueries
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
    with django_assert_num_queries(3):
        tell(case, event, {})
    assert Message.objects.count() == 2 + colleagues


OVERTAKEN = {
    "reschedule": lambda c, s: scheduling_services.reschedule(
        c, by=s.petugas, starts_at=working_moment(5), reason="Pindah."
    ),
    "no_show": lambda c, s: scheduling_services.no_show(c, by=s.petugas),
    "start": lambda c, s: scheduling_services.start(c, by=s.petugas),
}


@pytest.mark.parametrize("verb", OVERTAKEN)
def test_a_schedule_that_no_longer_holds_is_not_sent(verb: str, crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    OVERTAKEN[verb](case, crew)
    old = Message.objects.filter(notice__event__verb="schedule")
    assert {(m.status, bool(m.reason)) for m in old} == {("CANCELLED", True)}
    assert old.count() == 3


@pytest.mark.parametrize("verb", [*OVERTAKEN, "keep_time"])
def test_the_receipt_of_a_wish_does_not_follow_its_answer(verb: str, crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    CALLS["ask_time"](case, crew, Applicant(case.secret))
    CALLS[verb](case, crew, crew.petugas)
    assert Message.objects.get(notice__kind="TIME_ASKED").status == "CANCELLED"


def test_what_was_sent_stays_sent(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    Message.objects.filter(channel="EMAIL").update(status="SENT", sent_at=clock.now())
    OVERTAKEN["reschedule"](case, crew)
    statuses = Message.objects.filter(notice__event__verb="schedule", channel="EMAIL").values_list("status")
    assert set(statuses) == {("SENT",)}


def test_a_time_that_is_kept_is_told_once(crew: Staff) -> None:
    """What waited of it, and of an earlier answer, is not sent; the companion's own message is."""
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
    said = Message.objects.filter(notice__kind="SCHEDULED").values_list("status", "reason")
    assert set(said) == {("CANCELLED", "Tidak berlaku lagi: Jadwal dinyatakan tetap")}


def test_a_completed_request_asks_for_nothing_any_more(crew: Staff) -> None:
    case = case_at(State.INCOMPLETE, crew)
    intake_services.complete(case, by=right_actor(VERBS["complete"].actor, case, crew))
    assert set(Message.objects.filter(notice__kind="INCOMPLETE").values_list("status")) == {("CANCELLED",)}


def test_a_walk_in_stands_at_the_counter_and_needs_no_message(crew: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, crew, email=DETAILS["email"])
    assert not case.notices.filter(recipient=None).exists()
