"""The office's page of one case, and its files."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from dispositions import services as dispositions_services
from tests.factories import ClientOf, Staff, case_at, free_moment, walk_in_at
from tests.many_cases import case_in_each_state
from tests.shared_data import each

PDF = CheckedFile(b"%PDF-1.4 uji", "application/pdf", "surat.pdf")
PNG = CheckedFile(b"png", "image/png", "pindaian.png")


def page(client: Client, case: Case) -> str:
    response = client.get(f"/permohonan/{case.code}/")
    assert response.status_code == 200
    return response.content.decode()


@each("moves", [0, 30])
def test_a_case_costs_the_same_for_few_and_for_many_events(
    moves: int, staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = case_at(State.SCHEDULED, staff)
    for _ in range(moves):
        scheduling_services.reschedule(
            case, by=staff.petugas, reason="Pindah", starts_at=free_moment(staff.petugas)
        )
    client = client_of(staff.petugas)
    with django_assert_num_queries(8):
        text = page(client, case)
    assert text.count("<b>Dijadwalkan ulang</b>") == moves


def test_every_state_has_its_page(
    staff: Staff,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
    subtests: pytest.Subtests,
) -> None:
    pkd, kadis = client_of(staff.pkd), client_of(staff.kadis)
    for state, case in case_in_each_state(staff):
        with subtests.test(state.value):
            with django_assert_num_queries(8 if state in (State.SUBMITTED, State.CLOSED) else 7):
                page(pkd, case)
            text = page(kadis, case)
            assert f'data-case="{case.code}" data-state="{state}"' in text
            assert text.count("data-number=") == 9


def test_the_actions_are_those_open_to_me_the_main_one_first(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    text = page(client_of(staff.kadis), case)
    assert text.index('btn-primary" data-verb="dispose"') < text.index('data-verb="decline"')
    assert 'data-verb="void"' not in text
    shown = page(client_of(staff.sekretariat), case)
    assert shown.count('data-verb="') == shown.count('data-verb="renew_link"') == 1


def test_the_decisions_are_all_there(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    text = page(client_of(staff.kabid), case)
    for record in ("disposition", "assignment", "preparation", "session", "report"):
        assert f'data-record="{record}"' in text
    for paper in ("surat-permohonan", "lembar-disposisi", "surat-tugas", "pemberitahuan-jadwal", "laporan"):
        assert f'data-document="{paper}"' in text
    assert 'data-document="tanda-terima"' not in text, "the applicant's secret stands on it"


def test_older_documents_are_folded(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Berhalangan.")
    text = page(client_of(staff.pkd), case)
    assert 'data-document="tanda-terima"' in text
    in_force, _summary, older = text.partition("1 naskah tidak berlaku lagi")
    assert "Surat Tugas, versi 2 (PDF)" in in_force
    assert "Surat Tugas, versi 1 (PDF)" in older
    assert "diganti" in older


def test_a_report_under_review_can_be_read_as_pdf(staff: Staff, client_of: ClientOf) -> None:
    draft = "Lihat draf naskah (PDF)"
    assert draft in page(client_of(staff.kabid), case_at(State.REPORTED, staff))
    assert draft not in page(client_of(staff.kabid), case_at(State.CLOSED, staff))


def test_the_staff_review_is_shown(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)
    parts = ("problem", "assumptions", "facts", "analysis", "conclusion", "advice")
    dispositions_services.prepare(
        case,
        by=staff.petugas,
        administration="a",
        materials="b",
        review={part: f"isi {part}" for part in parts},
    )
    text = page(client_of(staff.kabid), case)
    assert all(f"isi {part}" in text for part in parts)


def test_the_letter_is_viewed_inline(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.pkd)
    typed, scanned, photo = (case_at(State.SUBMITTED, staff) for _ in range(3))
    letter = attach(scanned, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    attach(scanned, PNG, purpose=Attachment.Purpose.MATERIAL, by=None)
    image = attach(photo, PNG, purpose=Attachment.Purpose.LETTER, by=None)
    assert "letter-frame" not in page(client, scanned)
    Attachment.objects.update(inert_copy="copies/00/1.pdf")
    assert f'src="/permohonan/{typed.code}/surat-permohonan.pdf"' in page(client, typed)
    assert f'<iframe class="letter-frame" src="/berkas/{letter.pk}/"' in page(client, scanned)
    assert "pindaian.png" in page(client, scanned)
    assert f'<img class="letter-image" src="/berkas/{image.pk}/"' in page(client, photo)
    walk_in = walk_in_at(State.ASSIGNED, staff)
    assert "letter-frame" not in page(client, walk_in)


def test_who_only_looks_on_sees_a_masked_number(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SCHEDULED, staff, email="siti@example.id")
    handling, looking_on = page(client_of(staff.petugas), case), page(client_of(staff.companion), case)
    assert "https://wa.me/6281234567890?text=" in handling
    assert case.code in handling.split("wa.me/")[1].split('"')[0]
    assert "siti@example.id" in handling
    assert "+62812••••••90" in looking_on
    assert "34567890" not in looking_on
    assert "siti@example.id" not in looking_on
    landline = page(client_of(staff.pkd), case_at(State.SUBMITTED, staff, phone="+62717422222"))
    assert 'href="tel:+62717422222"' in landline
    assert "wa.me" not in landline


def test_a_file_can_do_nothing(staff: Staff, client_of: ClientOf) -> None:
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


def test_a_file_lost_on_disk_is_a_sentence(staff: Staff, client_of: ClientOf) -> None:
    file = attach(case_at(State.SUBMITTED, staff), PDF, purpose=Attachment.Purpose.LETTER, by=None)
    file.file.delete(save=False)
    response = client_of(staff.pkd).get(f"/berkas/{file.pk}/")
    assert response.status_code == 404
    assert "tidak ada lagi" in response.content.decode()


def test_the_file_of_another_case_is_not_there(staff: Staff, client_of: ClientOf) -> None:
    case, other = case_at(State.SUBMITTED, staff), case_at(State.SUBMITTED, staff)
    file = attach(case, PDF, purpose=Attachment.Purpose.LETTER, by=None)
    assert Client().get(f"/p/{other.secret}/berkas/{file.pk}/").status_code == 404
    assert client_of(staff.petugas).get(f"/berkas/{file.pk}/").status_code == 404
    assert client_of(staff.kadis).get(f"/berkas/{'9' * 40}/").status_code == 404
