"""Status reports of the WhatsApp service, and verification of the webhook."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client

from consultations.scheduling import services as scheduling_services
from kit import clock
from notices.models import Message
from notices.queries import messages_to_handle
from tests.factories import Staff, deliver_now
from tests.notices.whatsapp_stand_in import CloudStandIn, fault
from tests.shared_data import each
from tests.signing.servers import Reply

type Report = Callable[..., Any]

SECRET = "rahasia-aplikasi"


@pytest.fixture
def report(message: Message) -> Report:
    """Return a function that posts a signed report about the message."""

    def send(status: str, secret: str = SECRET, beside: Iterable[object] = (), **more: Any) -> Any:
        content = {"id": "wamid.1", "status": status, "timestamp": "1795500000", "recipient_id": "62812"}
        statuses = [*beside, {**content, **more}]
        value = {"messaging_product": "whatsapp", "metadata": {}, "statuses": statuses}
        entry = {"id": "1", "changes": [{"value": value, "field": "messages"}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]})
        return post(body.encode(), secret)

    return send


def post(body: bytes, secret: str = SECRET) -> Any:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    signed = {"X-Hub-Signature-256": f"sha256={signature}"}
    client = Client(enforce_csrf_checks=True)
    return client.post("/pesan/whatsapp/", body, content_type="application/json", headers=signed)


ORDERS = {
    ("sent", "delivered", "read"): "READ",
    ("delivered",): "DELIVERED",
    ("read", "delivered", "sent"): "READ",
    ("read", "failed"): "READ",
    ("delivered", "failed", "sent"): "DELIVERED",
    ("played", "deleted"): "SENT",
}


@pytest.mark.parametrize(("order", "status"), ORDERS.items())
def test_no_status_moves_back(order: tuple[str, ...], status: str, message: Message, report: Report) -> None:
    deliver_now()
    assert {report(reported).status_code for reported in order} == {200}
    message.refresh_from_db()
    assert message.status == status


@each(("answer", "status"), [(Reply(b"", 504), "DELIVERED"), (fault(131016, 500), "SENT")])
def test_a_report_finds_the_message_whose_answer_was_lost(
    answer: Reply, status: str, message: Message, report: Report, cloud: CloudStandIn
) -> None:
    """It waits for its next attempt, which is not made."""
    cloud.instead.append(answer)
    deliver_now()
    report(status.lower(), biz_opaque_callback_data=str(message.key))
    message.refresh_from_db()
    assert (message.status, message.external_id, message.reason) == (status, "wamid.1", "")
    with clock.set_to(clock.now() + dt.timedelta(hours=1)):
        assert deliver_now() == 0
    assert cloud.received == []


def test_a_late_report_revives_no_superseded_message(message: Message, report: Report, staff: Staff) -> None:
    deliver_now()
    scheduling_services.no_show(message.notice.case, by=staff.petugas)
    report("failed", errors=[{"code": 131026}])
    assert not messages_to_handle(staff.pkd).filter(pk=message.pk).exists()
    deliver_now()
    message.refresh_from_db()
    assert message.sent_at is None


def test_a_forged_report_or_one_of_an_unknown_message_is_ignored(message: Message, report: Report) -> None:
    deliver_now()
    for status in ("delivered", "failed"):
        assert report(status, id="wamid.999", biz_opaque_callback_data="x").status_code == 200
    assert report("read", id="").status_code == 200
    assert report("read", "tebakan").status_code == 403
    assert Client().post("/pesan/whatsapp/", b"{}", content_type="application/json").status_code == 403
    message.refresh_from_db()
    assert message.status == "SENT"


def test_a_report_of_another_structure_is_ignored(cloud: CloudStandIn) -> None:
    odd = b'{"entry": [1, {"changes": [{"value": {"statuses": [1, {}]}}]}]}'
    for body in (b"{}", b"[]", b'{"entry": 1}', odd):
        assert post(body).status_code == 200, body
    for body in (b"\xff{", b"[" * 100_000, b"9" * 5_000):
        assert post(body).status_code == 400, "it is no JSON"


BAD_STATUSES: list[object] = [{}, [], "sent\0"]
BAD_KEYS: list[object] = ["\0", {}, 0]
BAD_IDS: list[object] = ["wamid.1\0", "\ud800", {}, [1], None]
ODD = [
    *({"id": "wamid.1", "status": status} for status in BAD_STATUSES),
    *({"id": key, "status": "failed"} for key in BAD_IDS),
    *({"biz_opaque_callback_data": key, "status": "failed"} for key in BAD_KEYS),
]


def test_malformed_statuses_are_ignored(message: Message, report: Report) -> None:
    deliver_now()
    for odd in ODD:
        assert report("sent", beside=[odd]).status_code == 200
        message.refresh_from_db()
        assert message.status == "SENT"
    report("read", beside=[ODD[0]])
    message.refresh_from_db()
    assert message.status == "READ"


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([{"code": 131026, "title": "x"}], "Nomor ini tidak dapat menerima WhatsApp (kode 131026)."),
        ({}, "."),
        ([{"code": {}}], "."),
        ([{"code": 10**400}], "."),
    ],
    ids=["undeliverable", "none", "odd", "too large"],
)
def test_staff_send_what_failed(errors: object, reason: str, message: Message, report: Report) -> None:
    """A failure without a valid code counts too."""
    deliver_now()
    assert report("failed", errors=errors).status_code == 200
    message.refresh_from_db()
    assert (message.status, message.by_hand, message.sent_at) == ("WAITING", True, None)
    assert message.reason.endswith(reason)


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
