"""What messages say, in whose language, and what they never say."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from consultations.enums import State
from consultations.models import Case
from dispositions import services as dispositions_services
from notices.delivery import deliver
from notices.models import Kind, Message
from notices.queue import errand
from notices.telling import TABLE, To
from notices.texts import SAID, TITLED, for_whatsapp, to_applicant, to_staff
from office.models import Office
from scheduling import services as scheduling_services
from tests.factories import Staff, case_at

from .conftest import TUESDAY

pytestmark = pytest.mark.usefixtures("at_work")

CONTENT = (
    "Siti",
    "Contoh",
    "bantuan",
    "mengusulkan",
    "1234567890",
    "surat resmi",
    "kewenangan",
    "laporan.pdf",
)
"""Parts of name, organisation, subject, material, number, reasons: nothing of them leaves the office."""


def test_every_kind_for_applicants_is_worded() -> None:
    kinds = {row.kind for row in TABLE if row.to is To.APPLICANT}
    assert set(SAID) == set(TITLED) == kinds
    assert {row.kind for row in TABLE} == set(Kind)


def every_message(crew: Staff) -> list[tuple[Message, str]]:
    """Each message of cases that have ended in every way, with its text."""
    for state in (State.CLOSED, State.INCOMPLETE, State.DECLINED, State.WITHDRAWN, State.SCHEDULED):
        case_at(state, crew)
    office = Office.load()
    found = []
    for message in Message.objects.select_related("notice__case", "notice__recipient"):
        notice = message.notice
        if message.channel == Message.Channel.WHATSAPP:
            text = for_whatsapp(notice, with_secret=False, office=office)
        else:
            letter = (to_staff if notice.recipient else to_applicant)(notice, office=office)
            text = letter.subject + letter.text
        # The office's own name and address are no content of a case.
        found.append((message, text.replace(office.name, "").replace(office.address, "")))
    return found


def test_no_message_tells_of_the_case(crew: Staff) -> None:
    messages = every_message(crew)
    assert len(messages) > 20
    for message, text in messages:
        assert [part for part in CONTENT if part in text] == [], message.notice.kind
        assert message.notice.case.code in text


def test_the_applicants_mail_names_the_time_and_leads_to_the_case(
    crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    case = case_at(State.SCHEDULED, crew)
    deliver()
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "jadwal" in m.subject]
    assert mail.subject == f"Kode lacak {case.code}: jadwal konsultasi"
    assert "Waktu: Rabu, 25 November 2026, 09.00 WIB" in mail.body
    assert "Tempat: Jl. Contoh No. 1" in mail.body
    assert f"https://layanan.example/p/{case.secret}/" in mail.body


def test_applicants_read_their_own_language(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case = case_at(State.SCHEDULED, crew, language="en")
    deliver()
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "09:00" in m.body]
    assert "Wednesday, 25 November 2026, 09:00 WIB" in mail.body
    (staff,) = [m for m in mailoutbox if m.to == ["companion@dinas.example"] and "Jadwal" in m.subject]
    assert "Rabu, 25 November 2026, 09.00 WIB" in staff.body
    assert case.secret not in staff.body


def test_the_staffs_mail_leads_to_that_very_case(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case = case_at(State.DISPOSED, crew)
    deliver()
    (mail,) = [m for m in mailoutbox if m.to == ["kabid@dinas.example"]]
    assert mail.subject == f"{case.code}: Disposisi untuk bidang Anda"
    assert f"https://layanan.example/permohonan/{case.code}/" in mail.body
    assert case.secret not in mail.body


def test_a_case_that_was_given_away_is_told_by_mail_without_a_link_to_it(
    crew: Staff, mailoutbox: list[EmailMessage]
) -> None:
    case = case_at(State.ASSIGNED, crew)
    dispositions_services.reassign(case, by=crew.kabid, officer=crew.other_petugas, reason="Cuti.")
    deliver()
    (mail,) = [m for m in mailoutbox if "petugas lain" in m.subject]
    assert (mail.to, mail.subject) == (
        ["petugas@dinas.example"],
        f"{case.code}: Permohonan diberikan kepada petugas lain",
    )
    assert "https://layanan.example/meja/" in mail.body
    assert "/permohonan/" not in mail.body


def test_a_video_meeting_is_named_and_its_link_is_not(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case = case_at(State.PREPARED, crew)
    scheduling_services.schedule(
        case,
        by=crew.petugas,
        starts_at=TUESDAY.replace(day=25),
        mode="ONLINE",
        link="https://rapat.example/rahasia",
    )
    deliver()
    (mail,) = [m for m in mailoutbox if m.to == ["siti@example.id"] and "jadwal" in m.subject]
    assert "Tempat: Daring (rapat video)" in mail.body
    assert "rapat.example" not in mail.body


def the_errand(by: object, crew: Staff) -> tuple[Case, str, str]:
    case = case_at(State.INCOMPLETE, crew)
    message = Message.objects.select_related("notice__case").get(channel="WHATSAPP")
    link = urlsplit(errand(message, by=by, office=Office.load()).link)  # type: ignore[arg-type]
    (text,) = parse_qs(link.query)["text"]
    return case, f"{link.netloc}{link.path}", text


def test_the_counters_whatsapp_link_carries_the_secret_link(crew: Staff) -> None:
    case, number, text = the_errand(crew.sekretariat, crew)
    assert number == "wa.me/6281234567890"
    assert text.splitlines() == [
        "Dinas Contoh",
        "Permohonan Anda perlu dilengkapi. Lihat apa yang kurang lewat tautan di bawah.",
        f"Kode lacak: {case.code}",
        f"https://layanan.example/p/{case.secret}/",
    ]


def test_an_officers_whatsapp_link_leads_to_the_lookup(crew: Staff) -> None:
    case, _number, text = the_errand(crew.petugas, crew)
    assert text.endswith(
        "\nLihat permohonan Anda dengan kode lacak di atas dan nomor telepon Anda:\nhttps://layanan.example/lacak/"
    )
    assert case.secret not in text


def test_a_reason_stays_on_the_page(crew: Staff, mailoutbox: list[EmailMessage]) -> None:
    case = case_at(State.REGISTERED, crew)
    dispositions_services.decline(case, by=crew.kadis, reason="Rahasia sekali.")
    deliver()
    assert any("tidak dapat dilayani" in mail.subject for mail in mailoutbox)
    assert not any("Rahasia" in f"{mail.subject}{mail.body}" for mail in mailoutbox)


def test_the_templates_to_be_approved_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("whatsapp_templates")
    printed = capsys.readouterr().out
    assert printed.count("(id)") == printed.count("(en)") == len(SAID) - 5
    assert (
        "rembuk_scheduled (id)\nKonsultasi Anda sudah dijadwalkan.\nKode lacak: {{1}}\nWaktu: {{2}}"
        in printed
    )
