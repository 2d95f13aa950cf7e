"""A lost link is sent to the address or the number of its case. The page says the same for any."""

import datetime as dt
from typing import Any

import pytest
from django.tasks import default_task_backend
from django.test import Client
from pytest_django import Settings

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Identity, Kind, State
from kit import clock
from kit.encryption import encrypt
from notices.models import Message, Notice
from notices.services.delivery import deliver
from notices.services.occasions import JUST_SENT, KNOWN_FOR, LINKS, MAX_CHATS, MAX_LINKS, send_links
from tests.factories import ClientOf, Staff, case_at
from tests.notices.smtp_stand_in import mail_server
from tests.shared_data import each
from tests.submitting import assert_says

ANSWER = "Bila surel atau nomor itu tertulis pada permohonan di kantor ini, tautannya kami kirim ke sana"


def ask(contact: str, network: str = "192.0.2.1") -> Any:
    return Client().post("/lacak/tautan/", {"contact": contact}, REMOTE_ADDR=network)


def look_up(contact: str) -> int:
    """Do what a worker does after the page was sent."""
    return send_links.call(encrypt(contact, LINKS))


def asked() -> list[str]:
    """Return the arguments of the stored tasks."""
    results = default_task_backend.results  # type: ignore[attr-defined]  # dummy backend
    return [str(result.args) for result in results if result.task == send_links]


def test_the_link_goes_to_the_address_of_the_case_alone(crew: Staff) -> None:
    case = case_at(State.SUBMITTED, crew, email="Siti@example.id")
    other = case_at(State.SUBMITTED, crew, email="lain@example.id")
    Message.objects.all().delete()
    assert look_up("siti@EXAMPLE.id") == 1
    with mail_server() as server:
        assert deliver() == 1
    (mail,) = server.received
    assert mail["To"] == "Siti@example.id"
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = content.decode()
    assert f"/p/{case.secret}/" in text
    assert "Seseorang, mungkin Anda sendiri, meminta tautan" in text
    assert other.secret not in text
    entry = AuditEntry.objects.get(act=Act.LINK)
    assert (entry.case, entry.user) == (case, None)


@each(("known", "unknown"), [("siti@example.id", "tidak@example.id"), ("081234567890", "081300000000")])
def test_the_page_says_the_same_for_any_contact_and_stores_none_in_the_clear(
    known: str, unknown: str, crew: Staff
) -> None:
    case_at(State.SUBMITTED, crew, email="siti@example.id")
    before, messages = len(asked()), Message.objects.count()
    first, second = ask(known), ask(unknown)
    assert_says(first, 200, ANSWER)
    assert first.text.split("<main")[1] == second.text.split("<main")[1]
    assert Message.objects.count() == messages, "a worker looks it up"
    assert len(asked()[before:]) == 2
    assert not any("siti" in arguments or "12345" in arguments for arguments in asked())


def test_the_number_of_tries_of_a_network_is_limited_for_a_day(staff: Staff) -> None:
    assert [ask("siti@example.id").status_code for _n in range(4)] == [200, 200, 200, 429]
    with clock.set_to(clock.now() + dt.timedelta(hours=23)):
        assert_says(ask("SITI@example.id"), 429, "Coba lagi besok")
    with clock.set_to(clock.now() + dt.timedelta(hours=25)):
        assert ask("siti@example.id").status_code == 200
    assert [ask(f"a{n}@example.id", "203.0.113.7").status_code for n in range(11)] == [200] * 10 + [429]


def test_strangers_do_not_shut_the_owner_out(staff: Staff) -> None:
    for number in range(5):
        assert ask("siti@example.id", f"203.0.113.{number}").status_code == 200
    for _number in range(30):  # refused tries do not use up the limit of all
        refused = ask("siti@example.id", "203.0.113.1")
    assert refused.status_code == 429
    assert ask("siti@example.id", "198.51.100.7").status_code == 200


def test_an_address_gets_no_flood_from_many_networks(staff: Staff) -> None:
    tries = [ask("siti@example.id", f"203.0.113.{n}").status_code for n in range(21)]
    assert tries == [200] * 20 + [429]
    assert ask("lain@example.id", "203.0.113.1").status_code == 200


@pytest.mark.parametrize("typed", ["", "siti", "siti@", "0812"])
def test_no_address_is_an_error(typed: str, office: object) -> None:
    assert_says(ask(typed), 422, "Tulis surel lengkap (nama@contoh.id) atau nomor WhatsApp")


def test_a_practice_office_sends_nothing(crew: Staff, settings: Settings) -> None:
    case_at(State.SUBMITTED, crew, email="siti@example.id")
    settings.PRACTICE = True
    assert look_up("siti@example.id") == 0
    settings.PRACTICE = False
    assert look_up("siti@example.id") == 1
    assert look_up("") == 0


def link_messages() -> list[tuple[str, bool]]:
    found = Message.objects.filter(notice__kind="LINK_ASKED").order_by("pk")
    return list(found.values_list("channel", "by_hand"))


def test_a_citizen_with_a_telephone_only_is_a_duty_of_the_sekretariat(
    staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.SUBMITTED, staff)
    Message.objects.all().delete()
    before = len(asked())
    assert_says(ask("0812-3456-7890"), 200, ANSWER)
    (arguments,) = asked()[before:]
    assert "12345" not in arguments, "the table of tasks has no number"
    assert look_up(str(case.phone)) == 0, "nothing is sent by a machine"
    assert link_messages() == [("WHATSAPP", True)]
    assert look_up(str(case.phone)) == 0
    assert link_messages() == [("WHATSAPP", True)], "one that waits is enough"
    queue = client_of(staff.sekretariat).get("/pesan/").text
    assert "Seseorang, mungkin Anda sendiri, meminta tautan" in queue
    assert case.code in queue
    chat = client_of(staff.sekretariat).post(f"/pesan/{Message.objects.get().pk}/sent/")
    assert chat.status_code == 302
    look_up(str(case.phone))
    assert len(link_messages()) == 1, "it was just sent"
    with clock.set_to(clock.now() + JUST_SENT + dt.timedelta(minutes=1)):
        look_up(str(case.phone))
    assert link_messages() == [("WHATSAPP", True)] * 2
    entries = AuditEntry.objects.filter(act=Act.LINK, user=None)
    assert {entry.target for entry in entries} == {"diminta lewat halaman Lacak, dikirim ke nomor pemohon"}


def test_a_number_gets_the_link_although_the_case_has_an_address(staff: Staff, settings: Settings) -> None:
    case_at(State.SUBMITTED, staff, email="pendamping@example.id")
    case_at(State.SUBMITTED, staff, phone="+62717421234", email="pendamping@example.id")
    assert look_up("+6281234567890") == 0
    assert look_up("+62717421234") == 0
    assert link_messages() == [("WHATSAPP", True), ("PHONE", True)], "the address may be a helper's"
    settings.WHATSAPP = "cloud"
    case_at(State.SUBMITTED, staff, phone="+6281399998888")
    assert look_up("+6281399998888") == 1
    assert link_messages()[-1] == ("WHATSAPP", False), "the service of the office sends it"
    assert look_up("+6281300000000") == 0


@each(("contact", "most"), [("desa@example.id", MAX_LINKS), ("+6281234567890", MAX_CHATS)])
def test_only_the_newest_cases_and_no_hidden_complaint(contact: str, most: int, staff: Staff) -> None:
    hidden = {"kind": Kind.COMPLAINT, "identity": Identity.CONFIDENTIAL, "email": "desa@example.id"}
    case_at(State.SUBMITTED, staff, **hidden)
    look_up(contact)
    assert link_messages() == []
    cases = [case_at(State.SUBMITTED, staff, email="desa@example.id") for _n in range(most + 1)]
    look_up(contact)
    sent = Notice.objects.filter(kind="LINK_ASKED").values_list("case", flat=True)
    assert set(sent) == {case.pk for case in cases[1:]}


def test_requests_in_the_name_of_somebody_do_not_keep_the_own_link_away(staff: Staff) -> None:
    ended = case_at(State.WITHDRAWN, staff)
    own = case_at(State.SUBMITTED, staff)
    for _n in range(MAX_CHATS):
        case_at(State.SUBMITTED, staff, applicant_name="Orang Lain", subject="Iseng")
    sent = Notice.objects.filter(kind="LINK_ASKED")
    moment = clock.now()
    for days in range(2):  # staff send what waits before the next day
        with clock.set_to(moment + dt.timedelta(days=days)):
            look_up("+6281234567890")
            assert sent.filter(case=own).exists() is bool(days)
            waiting = Message.objects.filter(notice__in=sent, status=Message.Status.WAITING)
            waiting.update(status=Message.Status.SENT, sent_at=clock.now(), handled_by=staff.sekretariat)
            assert not sent.filter(case=ended).exists(), "open cases come first"
    look_up("+6281234567890")
    assert sent.filter(case=ended).exists(), "the links of the others were just sent"


@pytest.mark.parametrize("contact", ["+6281234567890", "siti@example.id"])
def test_a_new_owner_of_a_number_or_an_address_opens_no_case_of_long_ago(contact: str, staff: Staff) -> None:
    case = case_at(State.CLOSED, staff, email="siti@example.id")
    with clock.set_to(case.since + KNOWN_FOR + dt.timedelta(seconds=1)):
        look_up(contact)
        assert link_messages() == []
    with clock.set_to(case.since + KNOWN_FOR):
        look_up(contact)
        assert len(link_messages()) == 1


def test_one_mail_of_a_case_is_enough_while_it_waits_or_was_just_sent(crew: Staff) -> None:
    case_at(State.SUBMITTED, crew, email="siti@example.id")
    assert [look_up("siti@example.id") for _n in range(2)] == [1, 0]
    messages = Message.objects.filter(notice__kind="LINK_ASKED")
    messages.update(status=Message.Status.SENT, sent_at=clock.now())
    with clock.set_to(clock.now() + JUST_SENT - dt.timedelta(minutes=1)):
        assert look_up("siti@example.id") == 0
    with clock.set_to(clock.now() + JUST_SENT + dt.timedelta(minutes=1)):
        assert look_up("siti@example.id") == 1
    messages.update(status=Message.Status.FAILED, sent_at=None, reason="Kotak surat penuh.")
    assert look_up("siti@example.id") == 1, "a mail that failed is tried again"


def test_a_number_has_the_same_limit_however_it_is_written(staff: Staff) -> None:
    written = ("081234567890", "+62 812-3456-7890", "0812 3456 7890", "081234567890")
    assert [ask(number).status_code for number in written] == [200, 200, 200, 429]
