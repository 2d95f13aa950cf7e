"""WhatsApp by its service: what is asked of it, what its answers make of a message, and its reports."""

import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from consultations.enums import State
from notices.delivery import deliver
from notices.models import Message
from notices.queue import TO_BE_DECIDED, TO_BE_SENT
from office import clock
from scheduling import services as scheduling_services
from tests.factories import Staff, case_at
from tests.signing.servers import Reply, serving

from .whatsapp_stand_in import CloudStandIn, as_json, fault


@pytest.fixture
def cloud(settings: Settings, office: object) -> Iterator[CloudStandIn]:
    """The office's messages go to the stand-in."""
    service = CloudStandIn()
    with serving(service) as address:
        settings.WHATSAPP = "cloud"
        settings.WHATSAPP_URL = f"{address}/v23.0"
        settings.WHATSAPP_TOKEN = service.token
        settings.WHATSAPP_PHONE_NUMBER_ID = service.number_id
        settings.WHATSAPP_APP_SECRET = "rahasia-aplikasi"
        settings.WHATSAPP_VERIFY_TOKEN = "sandi-perkenalan"
        settings.WHATSAPP_TIMEOUT = 0.5
        yield service


@pytest.fixture
def message(cloud: CloudStandIn, staff: Staff, at_work: dt.datetime) -> Message:
    """A schedule that waits to be sent by WhatsApp."""
    case_at(State.SCHEDULED, staff)
    return Message.objects.get(channel="WHATSAPP")


def test_an_approved_template_is_sent_with_its_values(message: Message, cloud: CloudStandIn) -> None:
    assert deliver() == 1
    case = message.notice.case
    assert cloud.taken == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "6281234567890",
            "type": "template",
            "template": {
                "name": "rembuk_scheduled",
                "language": {"code": "id"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "text": case.code},
                            {"type": "text", "text": "Rabu, 25 November 2026, 09.00 WIB"},
                            {"type": "text", "text": "Jl. Contoh No. 1"},
                            {"type": "text", "text": f"https://layanan.example/p/{case.secret}/"},
                        ],
                    }
                ],
            },
            "biz_opaque_callback_data": str(message.key),
        }
    ]
    message.refresh_from_db()
    assert (message.status, message.external_id) == ("SENT", "wamid.1")
    assert deliver() == 0


ANSWERS: dict[str, tuple[Reply, str, bool]] = {
    # the answer, then: the message's status, and whether a person sends it now
    "too many messages": (fault(130429, 429), "WAITING", False),
    "too many to this number": (fault(131056), "WAITING", False),
    "overloaded": (fault(131016, 500), "WAITING", False),
    "down": (fault(2, 503), "WAITING", False),
    "gateway is full": (Reply(b"<html>busy</html>", 503), "WAITING", False),
    "gateway got no answer": (Reply(b"<html>timeout</html>", 504), "UNCERTAIN", False),
    "not on WhatsApp": (fault(131026), "WAITING", True),
    "template not approved": (fault(132001, 404), "WAITING", True),
    "token expired": (fault(190, 401), "WAITING", True),
    "unknown code": (fault(999999), "WAITING", True),
    "no JSON": (Reply(b"no", 404), "WAITING", True),
    "taken without a number": (as_json({"messages": []}), "UNCERTAIN", False),
    "taken with nonsense": (Reply(b"ok", 200), "UNCERTAIN", False),
    "taken with an odd number": (as_json({"messages": [{"id": "wamid.\0"}]}), "UNCERTAIN", False),
    "a code out of all bounds": (fault(10**400), "WAITING", True),
    "another way": (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), "WAITING", True),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_an_answer_makes_of_a_message(case: str, message: Message, cloud: CloudStandIn) -> None:
    answer, status, by_hand = ANSWERS[case]
    cloud.instead.append(answer)
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.status, message.by_hand) == (status, by_hand)
    assert message.reason.endswith(".")
    assert cloud.taken == []
    assert Message.objects.filter(TO_BE_SENT).exists() is by_hand
    assert Message.objects.filter(TO_BE_DECIDED).exists() is (status == "UNCERTAIN")


def test_a_busy_service_is_asked_again(message: Message, cloud: CloudStandIn) -> None:
    cloud.instead.append(fault(130429, 429))
    deliver()
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        assert deliver() == 1
    assert len(cloud.taken) == 1


def test_a_service_that_is_not_there(message: Message, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.WHATSAPP_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    deliver()
    message.refresh_from_db()
    assert (message.status, message.by_hand, message.attempts) == ("WAITING", False, 0)


def test_a_service_that_takes_the_message_and_says_nothing(
    message: Message, cloud: CloudStandIn, settings: Settings
) -> None:
    goes_on = threading.Event()

    def silent(request: Any) -> Reply:
        cloud(request)
        goes_on.wait(20)
        return Reply(b"")

    with serving(silent) as address:
        settings.WHATSAPP_URL = f"{address}/v23.0"
        deliver()
        goes_on.set()
    assert len(cloud.taken) == 1
    message.refresh_from_db()
    assert message.status == "UNCERTAIN"
    assert deliver() == 0


def test_with_click_to_send_nothing_goes_to_the_service(
    message: Message, cloud: CloudStandIn, settings: Settings
) -> None:
    settings.WHATSAPP = "click"
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.status, message.by_hand) == ("WAITING", True)
    assert cloud.taken == []


# Reports


type Report = Callable[..., Any]


@pytest.fixture
def report(message: Message, settings: Settings) -> Report:
    """Let the service report a status of the message, signed as it signs."""

    def send(status: str, secret: str | None = None, beside: object = None, **more: Any) -> Any:
        told = {"id": "wamid.1", "status": status, "timestamp": "1795500000", "recipient_id": "62812", **more}
        statuses = [beside, told] if beside else [told]
        value: dict[str, object] = {"messaging_product": "whatsapp", "metadata": {}, "statuses": statuses}
        body = json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
            }
        ).encode()
        return post(body, secret or settings.WHATSAPP_APP_SECRET)

    return send


def post(body: bytes, secret: str) -> Any:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        "/pesan/whatsapp/",
        body,
        content_type="application/json",
        headers={"X-Hub-Signature-256": f"sha256={signature}"},
    )


ORDERS = {
    ("sent", "delivered", "read"): "READ",
    ("delivered",): "DELIVERED",
    ("read", "delivered", "sent"): "READ",
    ("read", "failed"): "READ",
    ("delivered", "failed", "sent"): "DELIVERED",
    ("played", "deleted"): "SENT",
}


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_reports_move_a_message_forwards_only(
    order: tuple[str, ...], message: Message, report: Report
) -> None:
    deliver()
    for status in order:
        assert report(status).status_code == 200
    message.refresh_from_db()
    assert message.status == ORDERS[order]


def test_what_the_service_could_not_deliver_is_sent_by_a_person(message: Message, report: Report) -> None:
    deliver()
    report("failed", errors=[{"code": 131026, "title": "Message undeliverable"}])
    message.refresh_from_db()
    assert (message.status, message.by_hand, message.sent_at) == ("WAITING", True, None)
    assert message.reason == "Nomor ini tidak dapat menerima WhatsApp (kode 131026)."


def test_a_report_finds_the_message_whose_answer_was_lost(
    message: Message, report: Report, cloud: CloudStandIn
) -> None:
    cloud.instead.append(Reply(b"", 504))
    deliver()
    report("delivered", biz_opaque_callback_data=str(message.key))
    message.refresh_from_db()
    assert (message.status, message.external_id, message.reason) == ("DELIVERED", "wamid.1", "")


def test_a_report_finds_the_message_that_the_service_said_it_would_not_send(
    message: Message, report: Report, cloud: CloudStandIn
) -> None:
    cloud.instead.append(fault(131016, 500))
    deliver()
    report("sent", biz_opaque_callback_data=str(message.key))
    message.refresh_from_db()
    assert (message.status, message.external_id, message.reason) == ("SENT", "wamid.1", "")
    with clock.set_to(clock.now() + dt.timedelta(hours=1)):
        assert deliver() == 0
    assert cloud.taken == []


def test_a_schedule_that_was_overtaken_does_not_come_back_with_a_late_report(
    message: Message, report: Report, staff: Staff
) -> None:
    deliver()
    scheduling_services.no_show(message.notice.case, by=staff.petugas)
    report("failed", errors=[{"code": 131026}])
    message.refresh_from_db()
    assert message.status == "CANCELLED"


def test_a_report_about_something_else_changes_nothing(message: Message, report: Report) -> None:
    deliver()
    for status in ("delivered", "failed"):
        assert report(status, id="wamid.999", biz_opaque_callback_data="x").status_code == 200
    assert report("read", id="").status_code == 200
    message.refresh_from_db()
    assert message.status == "SENT"


def test_who_is_not_the_service_is_refused(message: Message, report: Report) -> None:
    deliver()
    assert report("read", secret="tebakan").status_code == 403
    assert Client().post("/pesan/whatsapp/", b"{}", content_type="application/json").status_code == 403
    message.refresh_from_db()
    assert message.status == "SENT"


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'{"entry": 1}', b'{"entry": [1, {"changes": [{"value": {"statuses": [1, {}]}}]}]}'],
)
def test_a_report_of_another_form_changes_nothing(body: bytes, message: Message) -> None:
    assert post(body, "rahasia-aplikasi").status_code == 200


ODD: list[dict[str, object]] = [
    {"id": "wamid.1", "status": {}},
    {"id": "wamid.1", "status": []},
    {"id": "wamid.1", "status": "sent\0"},
    {"id": "wamid.1\0", "status": "failed"},
    {"id": "\ud800", "status": "failed"},
    {"id": {}, "status": "failed"},
    {"id": [1], "status": "failed"},
    {"id": None, "status": "failed"},
    {"biz_opaque_callback_data": "\0", "status": "failed"},
    {"biz_opaque_callback_data": {}, "status": "failed"},
    {"biz_opaque_callback_data": 0, "status": "failed"},
]


def test_what_is_odd_is_passed_over(message: Message, report: Report) -> None:
    deliver()
    for odd in ODD:
        assert report("sent", beside=odd).status_code == 200
        message.refresh_from_db()
        assert message.status == "SENT"
    report("read", beside=ODD[0])
    message.refresh_from_db()
    assert message.status == "READ"


@pytest.mark.parametrize(
    "errors", [{}, [{"code": {}}], [{"code": 10**400}]], ids=["none", "odd", "too large"]
)
def test_a_failure_that_does_not_say_why_is_one(errors: object, message: Message, report: Report) -> None:
    deliver()
    assert report("failed", errors=errors).status_code == 200
    message.refresh_from_db()
    assert (message.status, message.by_hand) == ("WAITING", True)
    assert message.reason.endswith(".")


@pytest.mark.parametrize("body", [b"\xff{", b"[" * 100_000, b"9" * 5_000], ids=["no text", "deep", "long"])
def test_a_report_that_cannot_be_read(body: bytes, cloud: CloudStandIn) -> None:
    assert post(body, "rahasia-aplikasi").status_code == 400


def introduction(**asked: str) -> Any:
    return Client().get("/pesan/whatsapp/", {f"hub.{name}": value for name, value in asked.items()})


def test_the_service_asks_who_we_are(cloud: CloudStandIn) -> None:
    answer = introduction(mode="subscribe", verify_token="sandi-perkenalan", challenge="1158201444")
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"] == "text/plain"
    assert introduction(mode="subscribe", verify_token="lain", challenge="1").status_code == 403
    assert introduction(challenge="1").status_code == 403


def test_without_the_service_there_is_no_such_page(office: object) -> None:
    assert Client().get("/pesan/whatsapp/").status_code == 404
    assert post(b"{}", "").status_code == 404
