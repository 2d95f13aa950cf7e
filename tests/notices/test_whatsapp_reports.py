"""Status reports of the WhatsApp service, and verification of the webhook."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from consultations.scheduling import services as scheduling_services
from kit import clock
from notices.models import Message
from notices.queries import messages_to_handle
from notices.services.delivery import deliver
from tests.factories import Staff
from tests.notices.whatsapp_stand_in import CloudStandIn, fault
from tests.recorded import undone
from tests.signing.servers import Reply

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
    scheduling_services.no_show(message.notice.case, by=staff.petugas)
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


def test_a_report_of_another_structure_is_ignored(message: Message, subtests: pytest.Subtests) -> None:
    for body in (
        b"{}",
        b"[]",
        b'{"entry": 1}',
        b'{"entry": [1, {"changes": [{"value": {"statuses": [1, {}]}}]}]}',
    ):
        with subtests.test(body=body), undone():
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


def test_invalid_json_is_a_bad_request(cloud: CloudStandIn, subtests: pytest.Subtests) -> None:
    for body in (b"\xff{", b"[" * 100_000, b"9" * 5_000):
        with subtests.test(body=body):
            assert post(body, "rahasia-aplikasi").status_code == 400


def verification(**asked: str) -> Any:
    return Client().get("/pesan/whatsapp/", {f"hub.{name}": value for name, value in asked.items()})


def test_the_service_verifies_the_webhook(cloud: CloudStandIn) -> None:
    answer = verification(mode="subscribe", verify_token="sandi-perkenalan", challenge="1158201444")
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert verification(mode="subscribe", verify_token="lain", challenge="1").status_code == 403
    assert verification(challenge="1").status_code == 403


def test_without_the_service_the_webhook_does_not_exist(office: object) -> None:
    assert Client().get("/pesan/whatsapp/").status_code == 404
    assert post(b"{}", "").status_code == 404
