"""Texts of messages: content, language, and case content that they must not contain."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from consultations.enums import Party, State
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import delegate, record_absence
from dispositions import services as dispositions_services
from kit import clock
from notices.models import OF_ACCESS, OF_DELEGATION, OF_PAPERS, STEPLESS, Kind, Message, Notice
from notices.rules import ASKS, RULES
from notices.services.occasions import create_reminders
from notices.texts import TEXTS, render_to_applicant, render_to_staff, whatsapp_link, whatsapp_text
from office.access import changes
from office.models import Office
from tests.factories import ORDER, Staff, case_at, decline, deliver_now
from tests.notices.conftest import TUESDAY

pytestmark = pytest.mark.usefixtures("at_work")

CONTENT = ("Siti", "Contoh", "bantuan", "mengusulkan", "1234567890", "surat resmi", "kewenangan")
"""Parts of name, organisation, subject, material, number and reasons. No message may contain them."""

OF_SIGNALS = {Kind.BREACH, Kind.RESULT_READY}
OF_SIGNALS |= {Kind.CONTACT_CHANGED, Kind.CONTACT_REPLACED, Kind.LINK_ASKED}
"""Kinds to the applicant that no step of the case causes."""


def test_every_kind_for_applicants_has_a_text() -> None:
    to_applicants = {rule.kind for rule in RULES if rule.recipient is Party.APPLICANT}
    assert set(TEXTS) == to_applicants | OF_SIGNALS
    assert set(Kind) == {rule.kind for rule in RULES} | {*ASKS.values(), Kind.TO_SERVE_NOW} | {
        *(*STEPLESS, *OF_PAPERS, *OF_DELEGATION, *OF_ACCESS, *OF_SIGNALS, Kind.REMINDER, Kind.MENTIONED)
    }


def test_the_mail_about_a_change_of_access_speaks_of_no_case(crew: Staff) -> None:
    change = changes.propose(changes.Kind.PASSWORD, crew.petugas, by=crew.admin)
    notice = Notice.objects.filter(access_change=change).first()
    assert notice
    text = render_to_staff(notice, office=Office.load()).text
    assert "Permohonan" not in text
    assert "Lihat di Rembuk:\nhttps://layanan.example/perubahan-akses/" in text


def every_message(crew: Staff) -> list[tuple[Message, str]]:
    """Return the messages of cases with every ending, each with its text."""
    for state in (State.CLOSED, State.INCOMPLETE, State.DECLINED, State.WITHDRAWN, State.SCHEDULED):
        case_at(state, crew)
    office = Office.load()
    found = []
    for message in Message.objects.select_related("notice__case", "notice__recipient"):
        notice = message.notice
        if message.channel == Message.Channel.WHATSAPP:
            text = whatsapp_text(notice, with_secret=False, office=office)
        else:
            render = render_to_staff if notice.recipient else render_to_applicant
            mail = render(notice, office=office)
            text = mail.subject + mail.text
        # Name and address of the office are no case content.
        found.append((message, text.replace(office.name, "").replace(office.address, "")))
    return found


def test_no_message_contains_case_content(crew: Staff) -> None:
    messages = every_message(crew)
    assert len(messages) > 20
    for message, text in messages:
        assert [part for part in CONTENT if part in text] == [], message.notice.kind
        assert message.notice.case.code in text


def test_mail_to_the_applicant_is_in_their_language(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case, english = case_at(State.SCHEDULED, crew), case_at(State.SCHEDULED, crew, language="en")
    deliver_now()
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "jadwal" in m.subject]
    assert mail.subject == f"Kode lacak {case.code}: jadwal konsultasi"
    assert "Waktu: Rabu, 25 November 2026, 09.00 WIB" in mail.body
    assert "Tempat: Jl. Contoh No. 1" in mail.body
    asked = "Apakah Anda akan hadir? Jawab dengan satu ketuk di sini:"
    assert f"{asked}\nhttps://layanan.example/p/{case.secret}/" in mail.body
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "09:30" in m.body]
    assert "Wednesday, 25 November 2026, 09:30 WIB" in mail.body
    to_companion = [m for m in mailoutbox if m.to == ["companion@dinas.example"] and "Jadwal" in m.subject]
    assert "Rabu, 25 November 2026, 09.30 WIB" in to_companion[1].body
    assert english.secret not in to_companion[1].body


def test_mail_to_staff_links_to_the_case_they_have(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case = case_at(State.ASSIGNED, crew)
    deliver_now()
    (mail,) = [m for m in mailoutbox if m.to == ["petugas@dinas.example"]]
    assert mail.subject == f"{case.code}: Penugasan sebagai petugas"
    assert f"https://layanan.example/permohonan/{case.code}/" in mail.body
    assert case.secret not in mail.body
    dispositions_services.reassign(case, by=crew.kabid, officer=crew.other_petugas, reason="Cuti.")
    deliver_now()
    (mail,) = [m for m in mailoutbox if "petugas lain" in m.subject]
    assert mail.to == ["petugas@dinas.example"]
    assert mail.subject == f"{case.code}: Permohonan diberikan kepada petugas lain"
    assert "https://layanan.example/meja/" in mail.body
    assert "/permohonan/" not in mail.body


def test_mail_about_a_stand_in_links_to_the_absence(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    starts, ends = (clock.midnight(TUESDAY.date() + dt.timedelta(days=day)) for day in (1, 2))
    absence = record_absence(by=crew.kadis, person=crew.kadis, starts_at=starts, ends_at=ends, reason="LEAVE")
    delegate(absence, by=crew.kadis, source=crew.kadis.appointments.get(), to=crew.kabid, **ORDER)
    deliver_now()
    with clock.set_to(ends + dt.timedelta(hours=9)):
        create_reminders()
        deliver_now()
    to_stand_in = [mail for mail in mailoutbox if mail.to == ["kabid@dinas.example"]]
    assert len(to_stand_in) == 2
    for mail in to_stand_in:
        assert "Plh. Kepala Dinas" in mail.body
        assert f"https://layanan.example/berhalangan/{absence.pk}/" in mail.body


def test_mail_has_no_link_of_a_video_meeting_and_no_reason_of_a_decision(
    crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    case, online = case_at(State.PREPARED, crew), {"mode": "ONLINE", "link": "https://rapat.example/rahasia"}
    scheduling_services.schedule(case, by=crew.petugas, starts_at=TUESDAY.replace(day=25), **online)
    decline(case_at(State.REGISTERED, crew), by=crew.kadis, reason="Rahasia sekali.")
    deliver_now()
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "jadwal" in m.subject]
    assert "Tempat: Daring (rapat video)" in mail.body
    assert any("tidak dapat dilayani" in mail.subject for mail in mailoutbox)
    for mail in mailoutbox:
        assert not [words for words in ("rapat.example", "Rahasia") if words in f"{mail.subject}{mail.body}"]


def test_whatsapp_text_with_and_without_the_secret_link(crew: Staff) -> None:
    case = case_at(State.INCOMPLETE, crew)
    message = Message.objects.select_related("notice__case").get(channel="WHATSAPP")
    notice = message.notice
    text = whatsapp_text(notice, with_secret=True, office=Office.load())
    link = urlsplit(whatsapp_link(message, text))
    assert f"{link.netloc}{link.path}" == "wa.me/6281234567890"
    assert parse_qs(link.query)["text"] == [text]
    assert text.splitlines() == [
        "Dinas Contoh",
        "Permohonan Anda perlu dilengkapi. Lihat apa yang kurang lewat tautan di bawah.",
        f"Kode lacak: {case.code}",
        f"https://layanan.example/p/{case.secret}/",
    ]
    text = whatsapp_text(notice, with_secret=False, office=Office.load())
    to_look = "Lihat permohonan Anda dengan kode lacak di atas dan nomor telepon Anda:"
    assert text.endswith(f"\n{to_look}\nhttps://layanan.example/lacak/")
    assert case.secret not in text


def test_the_command_prints_the_templates(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("whatsapp_templates")
    printed = capsys.readouterr().out
    assert printed.count("(id)") == printed.count("(en)") == len(TEXTS) - 6
    scheduled = "Konsultasi Anda sudah dijadwalkan.\nKode lacak: {{1}}\nWaktu: {{2}}"
    assert f"rembuk_scheduled (id)\n{scheduled}" in printed


def test_a_schedule_by_whatsapp_asks_for_the_answer(crew: Staff) -> None:
    case = case_at(State.SCHEDULED, crew)
    message = Message.objects.select_related("notice__case").get(channel="WHATSAPP", notice__kind="SCHEDULED")
    text = whatsapp_text(message.notice, with_secret=True, office=Office.load())
    asked = "Apakah Anda akan hadir? Jawab dengan satu ketuk di sini:"
    assert text.endswith(f"\n{asked}\nhttps://layanan.example/p/{case.secret}/")
