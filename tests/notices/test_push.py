"""Push messages: who gets them in which browser, what they say, and when a browser is forgotten."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from pytest_django import Settings

from consultations.audit.services import SessionsAdapter
from consultations.enums import Identity, Kind, State
from consultations.intake.services import withdraw
from consultations.parties import Applicant
from consultations.scheduling.arrivals import confirm
from consultations.scheduling.services import reschedule
from kit import clock
from kit.refusal import Refused
from notices.models import Message, PushSubscription
from notices.push import check_push, create_key, get_public_key
from notices.queries import delivery_alarm
from notices.services.occasions import notify_of_result
from notices.services.subscriptions import subscribe, unsubscribe, unsubscribe_absent
from office.access import changes
from office.models import AccessChange, User
from tests.factories import PASSWORD, WAY, Staff, case_at, client_of, deliver_now
from tests.notices.conftest import TUESDAY, moment
from tests.notices.push_stand_in import Browser, PushStandIn
from tests.sessions import session_of
from tests.shared_data import each
from tests.signing.servers import serving

KEY = create_key()


@pytest.fixture
def service(settings: Settings, staff: Staff) -> Iterator[tuple[PushStandIn, str]]:
    settings.VAPID_PRIVATE_KEY, settings.WEBHOOK_NETWORKS = KEY, ["127.0.0.0/8"]
    stand_in = PushStandIn()
    with serving(stand_in) as address:
        yield stand_in, address


@pytest.fixture
def push(service: tuple[PushStandIn, str]) -> PushStandIn:
    return service[0]


@pytest.fixture
def browser(service: tuple[PushStandIn, str]) -> Browser:
    return Browser(service[1])


def pushed() -> list[tuple[int, str]]:
    """Return round and status of the push messages in the order of their time."""
    found = Message.objects.filter(channel="PUSH").order_by("due_at", "pk")
    return list(found.values_list("round", "status"))


def test_an_officer_is_told_that_something_waits(staff: Staff, push: PushStandIn, browser: Browser) -> None:
    subscribe(staff.petugas, **browser.values)
    case = case_at(State.ASSIGNED, staff)
    assert pushed() == [(1, "WAITING")]
    deliver_now()
    assert pushed() == [(1, "SENT")]
    (request,) = push.received
    title, body = "Dinas Contoh", "Ada yang menunggu Anda di Rembuk."
    assert browser.read(request.body) == {"title": title, "body": body, "path": f"/permohonan/{case.code}/"}
    assert f"k={get_public_key()}" in request.headers["Authorization"]


def test_the_applicant_gets_news_and_a_reminder(push: PushStandIn, browser: Browser, staff: Staff) -> None:
    case = case_at(State.PREPARED, staff)
    subscribe(case, **browser.values)
    WAY[State.SCHEDULED](case, staff)
    case.refresh_from_db()
    assert case.planned_at == moment("2026-11-25 09:00")
    deliver_now()
    assert [browser.read(request.body) for request in push.received] == [
        {"title": "Dinas Contoh", "body": "Ada kabar tentang permohonan Anda.", "path": f"/p/{case.secret}/"}
    ]
    assert pushed() == [(1, "SENT"), (3, "WAITING")]  # the day before has begun already
    with clock.set_to(case.planned_at - dt.timedelta(hours=1)):
        deliver_now()
    reminder = browser.read(push.received[-1].body)
    sentence = "Pengingat: konsultasi Anda Rabu, 25 November 2026, 09.00 WIB."
    assert reminder["body"] == f"{sentence} Apakah Anda akan hadir?"
    assert pushed() == [(1, "SENT"), (3, "SENT")]


@each("has_answered", [False, True])
def test_a_browser_that_comes_later_gets_the_reminders_of_the_schedule(
    has_answered: bool, push: PushStandIn, browser: Browser, staff: Staff
) -> None:
    case = case_at(State.SCHEDULED, staff)
    with clock.set_to(TUESDAY - dt.timedelta(days=2)):
        subscribe(case, **browser.values)
        subscribe(case, **browser.values)
        assert pushed() == [(2, "WAITING"), (3, "WAITING")]
        if has_answered:
            confirm(case)
    with clock.set_to(moment("2026-11-25 06:00")):  # outside working time
        deliver_now()
    assert ("Apakah Anda" in browser.read(push.received[-1].body)["body"]) is not has_answered
    assert pushed() == [(2, "SENT"), (3, "WAITING")]
    with clock.set_to(moment("2026-11-25 09:00")):
        deliver_now()
    assert pushed() == [(2, "SENT"), (3, "CANCELLED")]


def test_a_moved_consultation_is_not_reminded_of_at_the_old_time(
    push: PushStandIn, browser: Browser, staff: Staff
) -> None:
    case = case_at(State.PREPARED, staff)
    subscribe(case, **browser.values)
    WAY[State.SCHEDULED](case, staff)
    reschedule(case, by=staff.petugas, reason="Rapat.", starts_at=moment("2026-11-26 10:00"))
    with clock.set_to(moment("2026-11-26 09:00")):
        deliver_now()
    bodies = [browser.read(request.body)["body"] for request in push.received]
    assert {body for body in bodies if body.startswith("Pengingat")} == {
        "Pengingat: konsultasi Anda Kamis, 26 November 2026, 10.00 WIB. Apakah Anda akan hadir?"
    }
    assert Message.objects.filter(channel="PUSH", status="CANCELLED", round__gt=1).count() == 1


def test_a_letter_that_is_ready_after_the_end_is_told(
    push: PushStandIn, browser: Browser, staff: Staff
) -> None:
    case = case_at(State.CLOSED, staff)
    subscribe(case, **browser.values)
    notify_of_result(case)
    deliver_now()
    assert browser.read(push.received[0].body)["body"] == "Ada kabar tentang permohonan Anda."


def test_a_receipt_of_an_own_step_is_no_news(
    push: PushStandIn, browser: Browser, staff: Staff, known_mail: None
) -> None:
    case = case_at(State.SCHEDULED, staff)
    subscribe(case, **browser.values)
    withdraw(case, by=Applicant(case.secret), reason="Sudah selesai.")
    receipt = case.notices.get(kind="WITHDRAWN")
    assert [message.channel for message in receipt.messages.all()] == ["EMAIL"]


@pytest.mark.parametrize(
    ("answers", "columns", "networks"),
    [
        ([404], {}, ["127.0.0.0/8"]),
        ([410], {}, ["127.0.0.0/8"]),
        ([500], {"failing_since": TUESDAY - dt.timedelta(days=8)}, ["127.0.0.0/8"]),
        ([], {"endpoint": "https://push.example:25/a"}, ["127.0.0.0/8"]),
        ([], {}, []),
    ],
    ids=["unknown", "gone", "failing for a week", "another port, stored before", "leads inside"],
)
def test_an_address_that_works_no_longer_is_forgotten(
    answers: list[int],
    columns: dict[str, Any],
    networks: list[str],
    push: PushStandIn,
    browser: Browser,
    staff: Staff,
    settings: Settings,
) -> None:
    subscribe(staff.petugas, **browser.values)
    row = PushSubscription.objects.get()
    vars(row).update(columns)
    row.save()
    settings.WEBHOOK_NETWORKS = networks
    case_at(State.ASSIGNED, staff)
    push.instead.extend(answers)
    deliver_now()
    assert not PushSubscription.objects.exists()
    assert pushed() == [(1, "CANCELLED")]


def test_a_busy_service_is_asked_again(push: PushStandIn, browser: Browser, staff: Staff) -> None:
    subscribe(staff.petugas, **browser.values)
    case_at(State.ASSIGNED, staff)
    push.instead.append(503)
    deliver_now()
    assert PushSubscription.objects.get().failing_since == TUESDAY
    assert pushed() == [(1, "WAITING")]
    with clock.set_to(TUESDAY + dt.timedelta(days=1)):
        assert delivery_alarm() is None
    with clock.set_to(TUESDAY + dt.timedelta(minutes=2)):
        deliver_now()
    assert PushSubscription.objects.get().failing_since is None
    assert (pushed(), len(push.received)) == ([(1, "SENT")], 1)


def test_one_of_two_browsers_is_enough(
    push: PushStandIn, browser: Browser, service: tuple[PushStandIn, str], staff: Staff
) -> None:
    other = Browser(service[1], "dua")
    for each_browser in (browser, other):
        subscribe(staff.petugas, **each_browser.values)
    case_at(State.ASSIGNED, staff)
    push.instead.append(410)
    deliver_now()
    assert pushed() == [(1, "SENT")]
    assert [request.path for request in push.received] == ["/dua"]
    assert PushSubscription.objects.get().endpoint == other.values["endpoint"]


def test_the_sixth_browser_replaces_the_first(
    service: tuple[PushStandIn, str], staff: Staff, push: PushStandIn
) -> None:
    for number in range(6):
        subscribe(staff.petugas, **Browser(service[1], str(number)).values)
    subscribe(staff.kabid, **Browser(service[1], "0").values)
    names = [urlsplit(row.endpoint).path for row in PushSubscription.objects.filter(user=staff.petugas)]
    assert sorted(names) == ["/1", "/2", "/3", "/4", "/5"]


@each(
    "wrong",
    [
        {"endpoint": "https://127.0.0.1/a"},
        {"endpoint": "https://10.0.0.1/a"},
        {"endpoint": "http://push.example/a"},
        {"endpoint": "https://push.example:22/a"},
        {"endpoint": "https://push.example:8443/a"},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "A" * 87},
        {"auth": "kurang"},
        {"auth": ""},
    ],
)
def test_a_wrong_address_or_key_is_refused(
    settings: Settings, browser: Browser, staff: Staff, wrong: dict[str, str]
) -> None:
    settings.WEBHOOK_NETWORKS = []
    values = {**browser.values, "endpoint": "https://push.example/a"}
    with pytest.raises(Refused):
        subscribe(staff.petugas, **{**values, **wrong})
    subscribe(staff.petugas, **values)


def test_without_a_key_nothing_is_offered(settings: Settings, browser: Browser, staff: Staff) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    case = case_at(State.SCHEDULED, staff)
    assert "data-push" not in Client().get(f"/p/{case.secret}/").content.decode()
    assert "data-push" not in client_of(staff.petugas).get("/pemberitahuan/").content.decode()
    with pytest.raises(Refused):
        subscribe(staff.petugas, **browser.values)


def test_a_key_is_checked(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = KEY
    assert check_push(None) == []
    settings.VAPID_PRIVATE_KEY = "bukan-kunci"
    assert [problem.id for problem in check_push(None)] == ["notices.E006"]


def test_the_pages_switch_messages_on_and_off(browser: Browser, staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    for client, page, address, owner in (
        (client_of(staff.petugas), "/pemberitahuan/", "/pemberitahuan/perangkat/", {"user": staff.petugas}),
        (Client(), f"/p/{case.secret}/", f"/p/{case.secret}/perangkat/", {"case": case}),
    ):
        assert f'action="{address}"' in client.get(page).content.decode()
        assert client.post(address, browser.values).status_code == 204
        subscription = PushSubscription.objects.get(**owner)
        assert f'data-known="{subscription.endpoint_hash}"' in client.get(page).content.decode()
        refused = client.post(address, {**browser.values, "auth": ""})
        assert (refused.status_code, refused.content.decode()) == (422, "Kunci peramban ini tidak sah.")
        assert client.post(address, {**browser.values, "off": "1"}).status_code == 204
        assert not PushSubscription.objects.exists()


def test_nobody_else_switches_it_on(browser: Browser, staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert client_of(staff.kadis).post(f"/p/{case.secret}/perangkat/", browser.values).status_code == 403
    assert Client().post("/pemberitahuan/perangkat/", browser.values).status_code == 302
    assert not PushSubscription.objects.exists()


def test_a_hidden_complainant_is_offered_nothing(browser: Browser, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity=Identity.CONFIDENTIAL)
    assert "data-push" not in Client().get(f"/p/{case.secret}/").content.decode()
    with pytest.raises(Refused):
        subscribe(case, **browser.values)


def ends_sessions(user: User, staff: Staff) -> None:
    Client().post("/masuk/", {"login": user.username, "password": PASSWORD})
    sessions = UserSession.objects.filter(user=user)
    assert sessions
    SessionsAdapter().end_sessions(sessions)


def closes_the_account(user: User, staff: Staff) -> None:
    changes.propose(AccessChange.Kind.CLOSE_ACCOUNT, user, by=staff.kadis)


def logs_out(user: User, staff: Staff) -> None:
    endpoint = PushSubscription.objects.get(user=user).endpoint
    client_of(user).post("/keluar/", {"endpoint": endpoint})


def loses_the_position(user: User, staff: Staff) -> None:
    user.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    unsubscribe_absent()


def switches_off(user: User, staff: Staff) -> None:
    unsubscribe(user, endpoint=PushSubscription.objects.get(user=user).endpoint)


@each("ends", [ends_sessions, closes_the_account, logs_out, loses_the_position, switches_off])
def test_a_user_without_access_gets_none(browser: Browser, staff: Staff, ends: object) -> None:
    for user in (staff.petugas, staff.kabid, staff.admin):
        subscribe(user, **browser.values)
    ends(staff.petugas, staff)  # type: ignore[operator]
    assert set(PushSubscription.objects.values_list("user", flat=True)) == {staff.kabid.pk, staff.admin.pk}


def test_a_session_that_ends_by_itself_keeps_the_browser(browser: Browser, staff: Staff) -> None:
    subscribe(staff.petugas, **browser.values)
    client = client_of(staff.petugas)
    session = session_of(client)
    session["active"] = 0
    session.save()
    client.post("/meja/perkenalan/selesai/", {"endpoint": browser.values["endpoint"]})
    assert PushSubscription.objects.get().user == staff.petugas
