"""The citizen's letter: drafted by the officer, initialled, signed, and only then on the citizen's page."""

from django.test import Client

from consultations.enums import State
from consultations.models import Case
from office.models import Office
from reports.models import Document
from tests.factories import Staff, case_at, sign_papers
from tests.journeys.actor import Actor
from tests.without_triggers import without_triggers

PROMISE = "Surat hasilnya sedang diperiksa dan ditandatangani."
GIST = "Tujuh belas keluarga dapat diusulkan lagi."


def page(case: Case) -> str:
    return Client().get(f"/p/{case.secret}/").text


def test_the_citizen_reads_the_letter_after_the_signature(staff: Staff, petugas: Actor, kabid: Actor) -> None:
    case = case_at(State.CLOSED, staff)
    letter = Document.objects.get(case=case, kind=Document.Kind.RESULT)
    address = f"/tanda-tangan/{letter.pk}/"
    assert f'data-paper="{letter.pk}"' in petugas.client.get("/tanda-tangan/").text
    assert "Usulkan melalui musyawarah desa." in petugas.client.get(address).text
    refused = petugas.client.post(f"{address}submit/", {"text": ""})
    assert "Tulis isi suratnya." in refused.text
    petugas.client.post(f"{address}submit/", {"text": f"{GIST}\n\nSaran:\n1. Bawa KTP."})
    kabid.client.post(f"{address}initial/", {"note": ""})
    letter.refresh_from_db()
    assert letter.state == Document.State.SIGNATURE
    before = page(case)
    assert PROMISE in before
    assert GIST not in before
    assert Client().get(f"/p/{case.secret}/surat-hasil.pdf").status_code == 404
    sign_papers(case, staff)
    after = page(case)
    assert PROMISE not in after
    assert f"{GIST}</p>" in after
    assert "<h3>Saran:</h3>" in after
    assert "<li>Bawa KTP.</li>" in after
    assert Client().get(f"/p/{case.secret}/surat-hasil.pdf").status_code == 200


def test_the_report_stays_internal_unless_the_office_shares_it(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    assert "/laporan.pdf" not in page(case)
    assert Client().get(f"/p/{case.secret}/laporan.pdf").status_code == 404
    assert "Laporan Hasil Konsultasi" not in Client().get(f"/p/{case.secret}/data-saya/").text
    Office.objects.update(shares_report=True)
    assert "/laporan.pdf" in page(case)
    assert Client().get(f"/p/{case.secret}/laporan.pdf").status_code == 200


def test_a_case_from_before_the_letters_keeps_its_report(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    with without_triggers():
        Document.objects.filter(case=case, kind=Document.Kind.RESULT).delete()
    assert "/laporan.pdf" in page(case)
    assert PROMISE not in page(case)
