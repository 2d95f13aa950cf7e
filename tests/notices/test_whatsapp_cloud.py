"""WhatsApp Cloud API: requests, what each response means for a message, and status reports."""

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

from consultations import services
from consultations.workflow import State
from notices.models import Message
from notices.queries import messages_to_handle
from notices.services.delivery import deliver
from office import clock
from tests.factories import Staff, case_at
from tests.signing.servers import Reply, serving

from .whatsapp_stand_in import CloudStandIn, as_json, fault


@pytest.fixture
def cloud(settings: Settings, office: object) -> Iterator[CloudStandIn]:
    """Send the office's WhatsApp messages to the stand-in."""
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
    """Return the waiting WhatsApp message about a schedule."""
    case_at(State.SCHEDULED, staff)
    return Message.objects.get(channel="WHATSAPP")


def test_an_approved_template_is_sent_with_its_values(message: Message, cloud: CloudStandIn) -> None:
    assert deliver() == 1
    case = message.notice.case
    assert cloud.received == [
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


ANSWERS: dict[str, tuple[Reply, bool]] = {
    # response, and whether staff must send the message
    "too many messages": (fault(130429, 429), False),
    "too many to this number": (fault(131056), False),
    "overloaded": (fault(131016, 500), False),
    "down": (fault(2, 503), False),
    "gateway is full": (Reply(b"<html>busy</html>", 503), False),
    "gateway got no answer": (Reply(b"<html>timeout</html>", 504), False),
    "not on WhatsApp": (fault(131026), True),
    "template not approved": (fault(132001, 404), True),
    "token expired": (fault(190, 401), True),
    "unknown code": (fault(999999), True),
    "no JSON": (Reply(b"no", 404), True),
    "accepted without an id": (as_json({"messages": []}), True),
    "accepted with nonsense": (Reply(b"ok", 200), True),
    "accepted with an invalid id": (as_json({"messages": [{"id": "wamid.\0"}]}), True),
    "too large a code": (fault(10**400), True),
    "redirect": (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), True),
}


def test_result_of_each_response(message: Message, cloud: CloudStandIn) -> None:
    for name, (response, by_hand) in ANSWERS.items():
        cloud.instead.append(response)
        assert deliver() == 0
        message.refresh_from_db()
        assert (message.status, message.by_hand) == ("WAITING", by_hand), name
        assert message.reason.endswith(".")
        Message.objects.update(status="WAITING", by_hand=False, due_at=clock.now())
    assert cloud.received == []


def test_a_busy_service_is_tried_again(message: Message, cloud: CloudStandIn) -> None:
    cloud.instead.append(fault(130429, 429))
    deliver()
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        assert deliver() == 1
    assert len(cloud.received) == 1


def test_an_absent_service_costs_no_attempt(message: Message, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.WHATSAPP_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    deliver()
    message.refresh_from_db()
    assert (message.status, message.by_hand, message.attempts) == ("WAITING", False, 0)


def test_a_message_without_an_answer_is_tried_again(
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
    assert len(cloud.received) == 1
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 1)
    assert deliver() == 0


def test_with_click_staff_send_waiting_messages(
    message: Message, cloud: CloudStandIn, settings: Settings
) -> None:
    settings.WHATSAPP = "click"
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.status, message.by_hand) == ("WAITING", True)
    assert cloud.received == []


type Report = Callable[..., Any]


@pytest.fixture
def report(message: Message, settings: Settings) -> Report:
    """Return a function that posts a signed report about the message."""

    def send(status: str, secret: str | None = None, beside: object = None, **more: Any) -> Any:
        content = {
            "id": "wamid.1",
            "status": status,
            "timestamp": "1795500000",
            "recipient_id": "62812",
            **more,
        }
        statuses = [beside, content] if beside else [content]
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
def test_a_report_never_moves_a_status_backwards(
    order: tuple[str, ...], message: Message, report: Report
) -> None:
    deliver()
    for status in order:
        assert report(status).status_code == 200
    message.refresh_from_db()
    assert message.status == ORDERS[order]


def test_staff_send_what_the_service_could_not_deliver(message: Message, report: Report) -> None:
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


def test_a_report_confirms_a_message_that_waits_for_its_next_attempt(
    message: Message, report: Report, cloud: CloudStandIn
) -> None:
    cloud.instead.append(fault(131016, 500))
    deliver()
    report("sent", biz_opaque_callback_data=str(message.key))
    message.refresh_from_db()
    assert (message.status, message.external_id, message.reason) == ("SENT", "wamid.1", "")
    with clock.set_to(clock.now() + dt.timedelta(hours=1)):
        assert deliver() == 0
    assert cloud.received == []


def test_a_late_report_does_not_bring_back_a_superseded_message(
    message: Message, report: Report, staff: Staff
) -> None:
    deliver()
    services.no_show(message.notice.case, by=staff.petugas)
    report("failed", errors=[{"code": 131026}])
    assert not messages_to_handle(staff.pkd).filter(pk=message.pk).exists()
    deliver()
    message.refresh_from_db()
    assert message.sent_at is None


def test_a_report_about_an_unknown_message_is_ignored(message: Message, report: Report) -> None:
    deliver()
    for status in ("delivered", "failed"):
        assert report(status, id="wamid.999", biz_opaque_callback_data="x").status_code == 200
    assert report("read", id="").status_code == 200
    message.refresh_from_db()
    assert message.status == "SENT"


def test_a_report_with_a_wrong_signature_is_refused(message: Message, report: Report) -> None:
    deliver()
    assert report("read", secret="tebakan").status_code == 403
    assert Client().post("/pesan/whatsapp/", b"{}", content_type="application/json").status_code == 403
    message.refresh_from_db()
    assert message.status == "SENT"


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'{"entry": 1}', b'{"entry": [1, {"changes": [{"value": {"statuses": [1, {}]}}]}]}'],
)
def test_a_report_of_another_structure_is_ignored(body: bytes, message: Message) -> None:
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


def test_malformed_statuses_are_ignored(message: Message, report: Report) -> None:
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
def test_a_failure_without_a_valid_code_counts(errors: object, message: Message, report: Report) -> None:
    deliver()
    assert report("failed", errors=errors).status_code == 200
    message.refresh_from_db()
    assert (message.status, message.by_hand) == ("WAITING", True)
    assert message.reason.endswith(".")


@pytest.mark.parametrize("body", [b"\xff{", b"[" * 100_000, b"9" * 5_000], ids=["no text", "deep", "long"])
def test_invalid_json_is_a_bad_request(body: bytes, cloud: CloudStandIn) -> None:
    assert post(body, "rahasia-aplikasi").status_code == 400


def verification(**asked: str) -> Any:
    return Client().get("/pesan/whatsapp/", {f"hub.{name}": value for name, value in asked.items()})


def test_the_service_verifies_the_webhook(cloud: CloudStandIn) -> None:
    answer = verification(mode="subscribe", verify_token="sandi-perkenalan", challenge="1158201444")
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"] == "text/plain"
    assert verification(mode="subscribe", verify_token="lain", challenge="1").status_code == 403
    assert verification(challenge="1").status_code == 403


def test_without_the_service_the_webhook_does_not_exist(office: object) -> None:
    assert Client().get("/pesan/whatsapp/").status_code == 404
    assert post(b"{}", "").status_code == 404
