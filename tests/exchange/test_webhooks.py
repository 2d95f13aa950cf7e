"""Webhooks: what is stored with a step, and a real receiver that fails, hangs and comes back."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections import Counter
from functools import partial
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from consultations.audit.models import AuditEntry
from consultations.enums import ComplaintKind, Kind, State
from consultations.intake.sorting import to_complaint
from consultations.taking_back import take_back
from exchange import webhooks
from exchange.models import System, Webhook, WebhookEvent
from exchange.systems import revoke
from exchange.webhooks import KEPT, NoAnswer, post, set_webhook, store_events
from kit import clock
from kit.cache import request_middleware
from kit.outgoing import check_url
from kit.refusal import Refused
from tests.exchange.conftest import Caller, CallerOf, Receiver
from tests.factories import WAY, Staff, afresh, case_at, independent_case

S = WebhookEvent.Status


def later(minutes: float) -> Any:
    return clock.set_to(clock.now() + dt.timedelta(minutes=minutes))


def test_a_step_is_announced_to_each_system_that_sees_it(staff: Staff, caller_of: CallerOf) -> None:
    """No event is stored for another division, without a webhook, or if the step fails."""
    for name, official in (("Sistem Uji", staff.kadis), ("B", staff.kabid), ("C", staff.other_kabid)):
        system = caller_of(official, name=name).system
        set_webhook(system, by=official, url="https://sistem.example/rembuk")
    caller_of(name="Tanpa webhook")
    with transaction.atomic():
        case_at(State.SUBMITTED, staff)
        transaction.set_rollback(True)
    case_at(State.DISPOSED, staff)
    independent_case()
    found = WebhookEvent.objects.values_list("webhook__system__name", "event__verb").order_by("pk")
    of_first = [("Sistem Uji", verb) for verb in ("submit", "register", "dispose")]
    assert list(found) == [*of_first, ("B", "dispose")]


def test_announcements_cost_three_queries_however_many_webhooks(
    staff: Staff, caller_of: CallerOf, at_most_queries: DjangoAssertNumQueries, rf: RequestFactory
) -> None:
    """One of them reads the version of cached data, as in each request."""
    case = case_at(State.SUBMITTED, staff)
    event = case.history.get()

    def count(number: int) -> None:
        request = request_middleware(lambda _request: HttpResponse(str(store_events(case, event))))
        with at_most_queries(number):
            request(rf.get("/"))
        WebhookEvent.objects.all().delete()

    count(1)
    for name in ("A", "B", "C"):
        caller = caller_of(name=name)
        set_webhook(caller.system, by=staff.kadis, url="https://sistem.example/rembuk")
        count(4)


def test_an_announcement_is_signed_and_impersonal(staff: Staff, hooked: Caller, receiver: Receiver) -> None:
    case = case_at(State.SUBMITTED, staff)
    assert webhooks.deliver() == 1
    headers, body = receiver.received[0]
    content = json.loads(body)
    announced = WebhookEvent.objects.get()
    assert content == webhooks.get_payload(announced)
    assert set(content) == {"id", "type", "timestamp", "data"}
    step = {"kind": "CONSULTATION", "state": "SUBMITTED", "step": 1, "verb": "submit"}
    assert content["data"] == {"code": case.code, **step, "happened_at": content["data"]["happened_at"]}
    assert headers["webhook-id"] == str(announced.key)
    secret = base64.b64decode(Webhook.objects.get().secret.removeprefix("whsec_"))
    assert not Webhook.objects.extra(where=["secret LIKE 'whsec%%'"]).exists(), "it is stored encrypted"
    signed = f"{announced.key}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert announced.status == S.SENT


def test_a_receiver_that_fails_hangs_and_comes_back_gets_each_event_once_by_id(
    staff: Staff, hooked: Caller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT", 0.3)
    case = case_at(State.REGISTERED, staff)
    receiver.answer = 500
    assert webhooks.deliver() == 0
    assert [*WebhookEvent.objects.values_list("status", "attempts")] == [(S.WAITING, 1), (S.WAITING, 1)]
    assert "status 500" in WebhookEvent.objects.first().reason  # type: ignore[union-attr]
    receiver.goes_on.clear()
    with later(2):
        assert webhooks.deliver() == 0  # one request hangs, the others pause
        assert sorted(WebhookEvent.objects.values_list("attempts", flat=True)) == [1, 2]
        WAY[State.DISPOSED](case, staff)
    receiver.answer = 200
    receiver.goes_on.set()
    with later(60):
        assert webhooks.deliver() == 3
        assert webhooks.deliver() == 0
    times = Counter(headers["webhook-id"] for headers, _body in receiver.received)
    assert len(times) == 3
    assert set(times) == {str(key) for key in WebhookEvent.objects.values_list("key", flat=True)}
    bodies = {(headers["webhook-id"], body) for headers, body in receiver.received}
    assert len(bodies) == 3, "each attempt has the same content"


@pytest.mark.parametrize(("status", "left"), [(302, S.WAITING), (404, S.WAITING), (410, S.FAILED)])
def test_other_answers(status: int, left: str, staff: Staff, hooked: Caller, receiver: Receiver) -> None:
    """Redirects are not followed; after 410 nothing more is sent."""
    receiver.answer = status
    case_at(State.SUBMITTED, staff)
    webhooks.deliver()
    announced = WebhookEvent.objects.get()
    assert (announced.status, str(status) in announced.reason) == (left, True)
    assert bool(Webhook.objects.get().stopped_at) == (status == 410)
    assert len(receiver.received) == 1


def test_a_webhook_says_since_when_it_fails(staff: Staff, hooked: Caller, receiver: Receiver) -> None:
    receiver.answer = 500
    case_at(State.REGISTERED, staff)
    webhooks.deliver()
    since = Webhook.objects.get().failing_since
    assert since
    with later(2):
        webhooks.deliver()
    assert Webhook.objects.get().failing_since == since
    receiver.answer = 200
    with later(60):
        webhooks.deliver()
    assert Webhook.objects.get().failing_since is None


def test_what_an_expired_token_keeps_is_no_failure(staff: Staff, hooked: Caller, receiver: Receiver) -> None:
    case_at(State.SUBMITTED, staff)
    issued_at = clock.now() - dt.timedelta(days=1)
    System.objects.filter(pk=hooked.system.pk).update(issued_at=issued_at, expires_at=clock.now())
    with later(6 * 24 * 60):
        webhooks.deliver()
    announced = WebhookEvent.objects.get()
    assert (announced.status, receiver.received) == (S.FAILED, [])
    assert announced.reason == "Token sistem ini tidak berlaku lagi sebelum terkirim."
    assert Webhook.objects.get().failing_since is None


def test_what_nobody_accepts_fails_and_is_replayed(staff: Staff, hooked: Caller, receiver: Receiver) -> None:
    receiver.answer = 500
    case_at(State.SUBMITTED, staff)
    for hours in (0, 24, 96, 121):
        with later(hours * 60):
            webhooks.deliver()
    announced = WebhookEvent.objects.get()
    assert (announced.status, len(receiver.received)) == (S.FAILED, 3)
    receiver.answer = 200
    assert webhooks.replay(Webhook.objects.get(), by=staff.admin, since=clock.today()) == 1
    webhooks.deliver()
    assert WebhookEvent.objects.get().status == S.SENT
    assert {headers["webhook-id"] for headers, _body in receiver.received} == {str(announced.key)}
    with clock.set_to(clock.now() + KEPT + dt.timedelta(days=1)):
        assert webhooks.delete_old_events() == 1


@pytest.mark.parametrize("is_revoked", [True, False])
def test_an_ended_webhook_gets_nothing(
    is_revoked: bool, staff: Staff, hooked: Caller, receiver: Receiver
) -> None:
    case_at(State.SUBMITTED, staff)
    if is_revoked:
        revoke(hooked.system, by=staff.admin)
    else:
        webhooks.stop_webhook(hooked.system.webhooks.get(), by=staff.admin)
    webhooks.deliver()
    case_at(State.SUBMITTED, staff)
    assert (receiver.received, WebhookEvent.objects.count()) == ([], 1)


def test_a_practice_office_announces_nothing_and_a_claim_of_a_killed_worker_is_released(
    staff: Staff, hooked: Caller, receiver: Receiver, settings: Any
) -> None:
    settings.PRACTICE = True
    case_at(State.SUBMITTED, staff)
    assert (webhooks.deliver(), receiver.received) == (0, [])
    assert WebhookEvent.objects.get().status == S.WAITING
    settings.PRACTICE = False
    WebhookEvent.objects.update(status=S.SENDING, claimed_at=clock.now())
    assert webhooks.deliver() == 0
    with later(2):
        assert webhooks.deliver() == 1


def test_the_receiver_reads_again_what_it_missed(staff: Staff, hooked: Caller, caller_of: CallerOf) -> None:
    case = case_at(State.REGISTERED, staff)
    page = hooked.get("/events").json()
    assert [each["data"]["verb"] for each in page["events"]] == ["submit", "register"]
    assert page["events"][0]["data"]["code"] == case.code
    assert hooked.client.get(page["next"].removeprefix("http://localhost")).json()["events"] == []
    assert caller_of(name="Lain").get("/events").json()["events"] == []


def test_a_step_that_is_taken_back_is_announced_to_nobody(
    staff: Staff, hooked: Caller, receiver: Receiver
) -> None:
    case = case_at(State.DISPOSED, staff)
    webhooks.deliver()
    known = hooked.get("/events", after=0).json()["events"]
    WAY[State.ASSIGNED](case, staff)
    webhooks.deliver()
    assert hooked.get("/events", after=0).json()["events"] == known
    take_back(afresh(case), by=staff.kabid)
    with later(3):
        webhooks.deliver()
        assert hooked.get("/events", after=0).json()["events"] == known
    assert len(receiver.received) == len(known)


def test_the_next_step_lets_the_one_before_be_announced_first(
    staff: Staff, hooked: Caller, receiver: Receiver
) -> None:
    case = case_at(State.REPORTED, staff)
    webhooks.deliver()
    before = len(receiver.received)
    for state in (State.FORWARDED, State.CLOSED):
        WAY[state](case, staff)
    webhooks.deliver()
    states = [event["data"]["state"] for event in hooked.get("/events", after=0).json()["events"]]
    assert (states[-2:], len(receiver.received)) == (
        ["FORWARDED", "CLOSED"],
        before + 3,
    )  # the report waited too


def test_the_audit_log_names_the_receiver_without_its_path(staff: Staff, caller_of: CallerOf) -> None:
    """Some receivers know their senders by a secret in the address."""
    secret = "T0KEN-rahasia"
    url = f"https://sistem.example/{secret}?kunci={secret}"
    set_webhook(caller_of().system, by=staff.kadis, url=url)
    entry = AuditEntry.objects.latest("pk")
    assert entry.target.endswith("webhook ke sistem.example")
    assert not AuditEntry.objects.filter(target__contains=secret).exists()


INSIDE = """
http://sistem.example/ https://10.1.2.3/ https://127.0.0.1/ https://169.254.169.254/ https://[::1]/
https://[::ffff:10.0.0.1]/ ftp://sistem.example/ https://a:b@sistem.example/ https://0.0.0.0/
https://[fd00::1]/ https://224.0.0.1/ file:///etc/passwd https://10.0.0.１２/ https://①②⑦.0.0.①/
https://2130706433/ https://0x7f.1/ https://127.1./
https://[::127.0.0.1]/ https://[64:ff9b::a00:1]/ https://[::1/ https://
"""


SPECIAL = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.8 192.0.0.9 192.0.2.1
192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 233.252.0.1 240.0.0.1 255.255.255.255
:: ::1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:8.8.8.8 ::ffff:0:10.0.0.1
64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:2::1 2001:4:112::1 2001:10::1 2001:20::1
2001:30::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1 fd00::1 fe80::1
fec0::1 feff::1 ff02::1 ff0e::1
"""
"""Addresses of each special range of IANA: no host of the public internet has one."""


def test_an_address_of_a_special_range_is_refused(subtests: pytest.Subtests) -> None:
    for address in map(ip_address, SPECIAL.split()):
        url = f"https://{address}/" if address.version == 4 else f"https://[{address}]/"
        with subtests.test(address=str(address)), pytest.raises(Refused):
            check_url(url)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2001:4860:4860::8888]", "[2400::1]", "[64:ff9b::808:808]", "[::ffff:8.8.8.8]"]
)
def test_a_public_address_is_accepted(host: str) -> None:
    """Behind NAT64, and written as IPv6, an address is the IPv4 address that it leads to."""
    check_url(f"https://{host}/")


def test_an_address_inside_is_refused(subtests: pytest.Subtests) -> None:
    for url in INSIDE.split():
        with subtests.test(url=url), pytest.raises(Refused):
            check_url(url)


def test_a_name_that_leads_inside_is_refused_when_it_is_used(
    db: None, settings: Any, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """`localhost` passes the first check, and its address the second only if the network is allowed."""
    send = partial(post, key="x", payload={}, secret="whsec_eA==")
    url = receiver.url.replace("127.0.0.1", "localhost")
    send(url)
    for settings.WEBHOOK_NETWORKS, refused in ((["192.0.2.0/24"], url), ([], url.replace("http:", "https:"))):
        with pytest.raises(NoAnswer):
            send(refused)
    assert len(receiver.received) == 1


def test_an_address_may_choose_states_and_a_system_has_several(staff: Staff, caller_of: CallerOf) -> None:
    """The list of events names a step once, however many addresses it went to."""
    caller = caller_of()
    set_webhook(caller.system, by=staff.kadis, url="https://a.example/", states=[State.DISPOSED])
    set_webhook(caller.system, by=staff.kadis, url="https://b.example/")
    case = case_at(State.DISPOSED, staff)
    found = WebhookEvent.objects.values_list("webhook__url", "event__verb").order_by("pk")
    to_b = [("https://b.example/", verb) for verb in ("submit", "register", "dispose")]
    assert sorted(found) == sorted([("https://a.example/", "dispose"), *to_b])
    listed = caller.get("/events", after=0).json()["events"]
    assert [each["data"]["verb"] for each in listed] == ["submit", "register", "dispose"]
    assert {each["data"]["code"] for each in listed} == {case.code}


def test_a_known_address_gets_a_new_secret_and_the_sixth_is_refused(
    staff: Staff, caller_of: CallerOf
) -> None:
    system = caller_of().system
    for number in (*range(webhooks.MAX_WEBHOOKS), 0):
        set_webhook(system, by=staff.kadis, url=f"https://{number}.example/")
    assert system.webhooks.count() == webhooks.MAX_WEBHOOKS
    with pytest.raises(Refused, match="paling banyak 5 webhook"):
        set_webhook(system, by=staff.kadis, url="https://lain.example/")
    webhooks.stop_webhook(system.webhooks.earliest("pk"), by=staff.kadis)
    set_webhook(system, by=staff.kadis, url="https://lain.example/")


def test_an_announcement_says_what_was_true_at_the_step(
    staff: Staff, hooked: Caller, receiver: Receiver
) -> None:
    case = case_at(State.REGISTERED, staff)
    to_complaint(case, by=staff.pkd, reason="Mengeluhkan layanan.", complaint_kind=ComplaintKind.INFORMATION)
    webhooks.deliver()
    told = {
        json.loads(body)["data"]["verb"]: json.loads(body)["data"]["kind"]
        for _headers, body in receiver.received
    }
    assert told == {"submit": "CONSULTATION", "register": "CONSULTATION", "to_complaint": "COMPLAINT"}
    listed = hooked.get("/events", after=0).json()["events"]
    assert {each["data"]["verb"]: each["data"]["kind"] for each in listed} == told


def test_nothing_is_sent_of_a_case_that_the_system_no_longer_sees(
    staff: Staff, hooked: Caller, receiver: Receiver
) -> None:
    """The official is complained about after the steps: neither sending, repeating nor reading says more."""
    case, other = case_at(State.REGISTERED, staff), case_at(State.SUBMITTED, staff)
    case.kind, case.complained_about = Kind.COMPLAINT, staff.kadis
    case.save(update_fields=["kind", "complained_about"])
    webhooks.deliver()
    assert {json.loads(body)["data"]["code"] for _headers, body in receiver.received} == {other.code}
    assert {e["data"]["code"] for e in hooked.get("/events", after=0).json()["events"]} == {other.code}
    unsent = WebhookEvent.objects.filter(event__case=case)
    assert {*unsent.values_list("status", flat=True)} == {S.FAILED}
    assert {*unsent.values_list("reason", flat=True)} == {
        "Sistem ini tidak boleh lagi melihat permohonan itu."
    }
    assert Webhook.objects.get().failing_since is None
    webhooks.replay(Webhook.objects.get(), by=staff.admin, since=clock.today())
    webhooks.deliver()
    assert {json.loads(body)["data"]["code"] for _headers, body in receiver.received} == {other.code}
