"""The office's page of one case, and its files."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Kind, State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from desk.case_parts import PARTS
from dispositions import services as dispositions_services
from dispositions.models import StaffReview
from kit import clock
from tests.case_page import read_all
from tests.factories import Staff, afresh, applicant, case_at, client_of, free_moment, relayed_at, walk_in_at
from tests.many_cases import case_in_each_state
from tests.submitting import assert_says
from trust.privacy.deletion import Decision, ask_deletion, confirm_deletion, decide_deletion

PDF = CheckedFile(b"%PDF-1.4 uji", "application/pdf", "surat.pdf")
PNG = CheckedFile(b"png", "image/png", "pindaian.png")


def page(client: Client, case: Case) -> str:
    response = client.get(f"/permohonan/{case.code}/")
    assert response.status_code == 200
    return response.text


def test_every_state_has_its_page_and_many_events_cost_no_more(
    staff: Staff, at_most_queries: Any, subtests: pytest.Subtests
) -> None:
    assert connection.features.supports_json_field, "a process asks the database once"
    pkd, kadis, petugas = client_of(staff.pkd), client_of(staff.kadis), client_of(staff.petugas)
    for state, case in case_in_each_state(staff):
        with subtests.test(state.value):
            with at_most_queries(11):
                page(pkd, case)
            text = page(kadis, case)
            assert f'data-case="{case.code}" data-state="{state}"' in text
            assert read_all(kadis, case).count("data-number=") == 9
    case = case_at(State.SCHEDULED, staff)
    for moves in (0, 30):
        for _ in range(moves):
            starts_at = free_moment(staff.petugas)
            scheduling_services.reschedule(case, by=staff.petugas, reason="Pindah", starts_at=starts_at)
        with at_most_queries(11):
            page(petugas, case)
        with at_most_queries(8):
            response = petugas.get(f"/permohonan/{case.code}/?buka=riwayat", headers={"HX-Request": "true"})
        assert response.text.count("<b>Dijadwalkan ulang</b>") == moves


def test_the_actions_are_those_open_to_me_the_main_one_first(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    text = page(client_of(staff.kadis), case)
    assert text.index('btn-primary" data-verb="dispose"') < text.index('data-verb="decline"')
    assert 'data-verb="void"' not in text
    shown = re.findall(r'data-verb="(\w+)"', page(client_of(staff.sekretariat), case))
    assert shown == ["dispose_for", "withdraw_for", "renew_link", "correct_data"]


def test_the_decisions_are_all_there(staff: Staff) -> None:
    text = read_all(client_of(staff.kabid), case_at(State.CLOSED, staff))
    for record in ("disposition", "assignment", "preparation", "session", "report"):
        assert f'data-record="{record}"' in text
    for paper in ("surat-permohonan", "lembar-disposisi", "surat-tugas", "pemberitahuan-jadwal", "laporan"):
        assert f'data-document="{paper}"' in text
    assert 'data-document="tanda-terima"' not in text, "the applicant's secret stands on it"
    draft = "Lihat draf naskah (PDF)"
    assert draft not in text
    assert draft in read_all(client_of(staff.kabid), case_at(State.REPORTED, staff))


def test_older_documents_are_folded(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Berhalangan.")
    text = read_all(client_of(staff.pkd), case)
    assert text.count('data-record="assignment"') == 2, "what the Kepala Bidang decided"
    assert 'data-document="tanda-terima"' in text
    in_force, _summary, older = text.partition("Naskah yang tidak berlaku lagi")
    assert "Surat Tugas, versi 2 (PDF)" in in_force
    assert "Surat Tugas, versi 1 (PDF)" in older
    assert "diganti" in older


def test_the_staff_review_is_shown(staff: Staff) -> None:
    case, by = case_at(State.DISPOSED, staff), staff.petugas
    dispositions_services.assign(case, by=staff.kabid, officer=by, needs_review=True)
    review = {part: f"isi {part}" for part in StaffReview.PARTS}
    dispositions_services.prepare(case, by=by, administration="a", materials="b", review=review)
    assert set(re.findall(r"isi \w+", read_all(client_of(staff.kabid), case))) >= {*review.values()}


def test_the_letter_is_a_link(staff: Staff) -> None:
    client = client_of(staff.pkd)
    typed, scanned = (case_at(State.SUBMITTED, staff) for _ in range(2))
    letter = attach(scanned, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    attach(scanned, PNG, purpose=Attachment.Purpose.MATERIAL, by=None)

    def get_address(case: Case) -> list[str]:
        return re.findall(r'href="([^"]+)"[^>]* data-letter', page(client, case))

    assert get_address(scanned) == [f"/berkas/{letter.pk}/"]
    assert "masih disiapkan" in page(client, scanned), "no copy that a browser may show yet"
    Attachment.objects.update(inert_copy="copies/00/1.pdf", inert_sha256="0" * 64)
    assert f"/berkas/{letter.pk}/?unduh" in page(client, scanned)
    assert get_address(typed) == [f"/permohonan/{typed.code}/surat-permohonan.pdf"]
    assert "pindaian.png" in page(client, scanned)
    assert get_address(walk_in_at(State.ASSIGNED, staff)) == []


def test_a_part_that_holds_something_is_offered(staff: Staff, subtests: pytest.Subtests) -> None:
    """What a part reads is compared with the steps after which it is offered."""
    for state, case in case_in_each_state(staff):
        with subtests.test(state.value):
            text = page(client_of(staff.kadis), case)
            offered = set(re.findall(r'<details class="more case-part" id="([\w-]+)"', text))
            assert "data-record" not in "".join(text.split('class="more case-part"')[1:]), "all are folded"
            for name, part in PARTS.items():
                content = part.read(staff.kadis, case, list(case.history.order_by("pk")))
                held = {key for key, value in content.items() if isinstance(value, list) and value}
                assert name in offered or not held, (name, held)


def test_what_was_done_again_is_shown_with_what_was_done_before(staff: Staff) -> None:
    case, second = case_at(State.ENDORSING, staff), staff.other_division
    dispositions_services.endorse(case, by=staff.sekretaris, division=second, note="Usul saya.")
    dispositions_services.dispose(case, by=staff.kadis, division=second)
    dispositions_services.recall(case, by=staff.kadis, reason="Salah pilih bidang.")
    dispositions_services.dispose(
        case,
        by=staff.kadis,
        division=staff.division,
        copies=[second],
        note="Segera.",
        deadline=clock.today(),
    )
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, preparation="Cek datanya.")
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")
    text = read_all(client_of(staff.kadis), case)
    assert_says_all(text, "Usul saya.", "Disposisi sebelumnya", "Segera.", "Cek datanya.", "Cuti.")
    assert "Penugasan sebelumnya" in text


def test_a_session_by_video_that_was_moved_and_lasted_long_is_shown_whole(staff: Staff) -> None:
    case, by, link = case_at(State.PREPARED, staff), staff.petugas, "https://rapat.example.go.id/1"
    plan = {"mode": Session.Mode.ONLINE, "link": link}
    scheduling_services.schedule(case, by=by, starts_at=free_moment(by), **plan)
    scheduling_services.reschedule(case, by=by, reason="Listrik padam.", starts_at=free_moment(by), **plan)
    text = read_all(client_of(by), case)
    assert_says_all(text, link, "Listrik padam.", "Dipindahkan")
    answered = case_at(State.PREPARED, staff)
    scheduling_services.answer(answered, by=by, answer="Cukup surat keterangan desa.")
    assert_says_all(read_all(client_of(by), answered), "Jawaban tertulis", "Cukup surat keterangan desa.")


def test_what_the_secretariat_entered_for_an_official_says_so(staff: Staff) -> None:
    text = read_all(client_of(staff.kabid), relayed_at(State.ASSIGNED, staff))
    assert_says_all(text, "Disposisi menunggu pengesahan", "Penugasan menunggu pengesahan", "Diberikan")


def test_a_deletion_is_followed_to_its_end(staff: Staff) -> None:
    case, client = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT), client_of(staff.kadis)
    ask_deletion(case, by=applicant(case), reason="Sudah selesai.")
    assert 'data-data="asked"' in page(client, case)
    decide_deletion(afresh(case), by=staff.kadis, decision=Decision.GRANTED, reason="Diminta.")
    assert 'data-data="second"' in page(client, case)
    confirm_deletion(afresh(case), by=staff.pengawas, decision=Decision.GRANTED, reason="Benar.")
    assert 'data-data="granted"' in page(client, case)


def assert_says_all(text: str, *sentences: str) -> None:
    assert [one for one in sentences if one not in text] == []


def test_reading_a_case_part_by_part_is_one_reading(staff: Staff) -> None:
    case, client = case_at(State.CLOSED, staff), client_of(staff.kabid)
    parts = [(f"/permohonan/{case.code}/", {"buka": name}) for name in PARTS]
    entries = AuditEntry.objects.filter(case=case, user=staff.kabid, act=Act.CASE)
    for address, opened in parts:
        client.get(address, opened, headers={"HX-Request": "true"})
    assert entries.count() == 1, "who asks for a part alone has opened the case too"
    page(client, case)
    assert entries.count() == 2


def test_a_part_is_read_alone_or_with_the_page(staff: Staff, subtests: pytest.Subtests) -> None:
    case, client = case_at(State.CLOSED, staff), client_of(staff.kabid)
    address = f"/permohonan/{case.code}/"
    for name in PARTS:
        with subtests.test(name):
            alone = client.get(address, {"buka": name}, headers={"HX-Request": "true"})
            assert alone.status_code == 200
            assert "<html" not in alone.text
            assert f'id="{name}" open' in client.get(address, {"buka": name}).text
    assert 'more case-part" id="riwayat" data-hx-get' in client.get(address, {"buka": "entah"}).text
    hidden = client_of(staff.elsewhere).get(address, {"buka": "riwayat"}, headers={"HX-Request": "true"})
    assert hidden.status_code == 404


def test_who_only_looks_on_sees_a_masked_number(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff, email="siti@example.id")
    handling, looking_on = page(client_of(staff.petugas), case), page(client_of(staff.companion), case)
    assert "https://wa.me/6281234567890?text=" in handling
    assert case.code in handling.split("wa.me/")[1].split('"')[0]
    assert "siti@example.id" in handling
    assert "+62812••••••90" in looking_on
    assert not re.search("34567890|siti@example.id", looking_on)
    landline = page(client_of(staff.pkd), case_at(State.SUBMITTED, staff, phone="+62717422222"))
    assert 'href="tel:+62717422222"' in landline
    assert "wa.me" not in landline


def test_a_file_can_do_nothing(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    file = attach(case, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    client = client_of(staff.pkd)
    for response in (client.get(f"/berkas/{file.pk}/"), Client().get(f"/p/{case.secret}/berkas/{file.pk}/")):
        assert response.getvalue() == PDF.content
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'attachment; filename="surat.pdf"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_file_of_another_case_or_lost_on_disk_is_not_found(staff: Staff) -> None:
    case, other = case_at(State.SUBMITTED, staff), case_at(State.SUBMITTED, staff)
    file = attach(case, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    address = f"/berkas/{file.pk}/"
    assert Client().get(f"/p/{other.secret}{address}").status_code == 404
    assert client_of(staff.petugas).get(address).status_code == 404
    assert client_of(staff.kadis).get(f"/berkas/{'9' * 40}/").status_code == 404
    file.file.delete(save=False)
    assert_says(client_of(staff.pkd).get(address), 404, "tidak ada lagi")
