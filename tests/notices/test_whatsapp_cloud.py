"""WhatsApp Cloud API: requests, and what each response means for a message."""

import socket

from pytest_django import Settings

from kit import clock
from notices.models import Message
from tests.factories import deliver_now
from tests.notices.whatsapp_stand_in import CloudStandIn, fault
from tests.signing.servers import Reply, as_json, serving_too_late


def test_an_approved_template_is_sent_with_its_values(message: Message, cloud: CloudStandIn) -> None:
    assert deliver_now() == 1
    case = message.notice.case
    values = (
        case.code,
        "Rabu, 25 November 2026, 09.00 WIB",
        "Jl. Contoh No. 1",
        f"https://layanan.example/p/{case.secret}/",
    )
    body = {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
    assert cloud.received == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "6281234567890",
            "type": "template",
            "template": {"name": "rembuk_scheduled", "language": {"code": "id"}, "components": [body]},
            "biz_opaque_callback_data": str(message.key),
        }
    ]
    message.refresh_from_db()
    assert (message.status, message.external_id) == ("SENT", "wamid.1")
    assert deliver_now() == 0


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
        assert deliver_now() == 0
        message.refresh_from_db()
        assert (message.status, message.by_hand) == ("WAITING", by_hand), name
        assert message.reason.endswith(".")
        Message.objects.update(status="WAITING", by_hand=False, due_at=clock.now())
    assert cloud.received == []
    assert deliver_now() == 1, "it is tried again"


def test_a_message_waits_for_the_service(message: Message, cloud: CloudStandIn, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.WHATSAPP_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    deliver_now()
    message.refresh_from_db()
    assert (message.status, message.by_hand, message.attempts) == ("WAITING", False, 0)
    with serving_too_late(cloud) as address, clock.set_to(message.due_at):
        settings.WHATSAPP_URL = f"{address}/v23.0"
        deliver_now()
        assert len(cloud.received) == 1
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("WAITING", 1)
        assert deliver_now() == 0


def test_with_click_staff_send_messages(message: Message, cloud: CloudStandIn, settings: Settings) -> None:
    settings.WHATSAPP = "click"
    assert deliver_now() == 0
    message.refresh_from_db()
    assert (message.status, message.by_hand) == ("WAITING", True)
    assert cloud.received == []
