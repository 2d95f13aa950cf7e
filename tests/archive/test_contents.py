"""The contents of a record (daftar isi berkas): who reads the list, and what it names."""

from io import BytesIO

import pytest
from django.test import Client
from pypdfium2 import PdfDocument
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind, State
from consultations.intake.uploads import attach
from consultations.models import Attachment, Case
from tests.archive.conftest import SCAN, destroy
from tests.case_page import read_all
from tests.factories import ClientOf, Staff, case_at
from tests.print.documents import store_short_file
from trust.archive.destruction import propose

pytestmark = pytest.mark.same_on_every_database


def read(client: Client, case: Case) -> str:
    content = client.get(f"/arsip/berkas/{case.code}.pdf").content
    return "".join("".join(p.get_textpage().get_text_range().split()) for p in PdfDocument(BytesIO(content)))


def test_papers_and_uploads_are_listed_with_hashes(staff: Staff, case: Case, client_of: ClientOf) -> None:
    client = client_of(staff.petugas)
    page = client.get(f"/arsip/berkas/{case.code}/").text
    paper = read(client, case)
    assert "Surat permohonan: surat-siti.pdf" in page
    papers = case.documents.exclude(sha256="")
    assert papers
    for document in papers:
        assert document.get_kind_display() in page
        assert document.number in page
        assert document.sha256 in paper
    assert case.attachments.get().sha256 in paper
    assert f'href="/arsip/berkas/{case.code}/"' in read_all(client, case)


def test_the_papers_of_a_complaint_have_its_names(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    for document in case.documents.all():
        store_short_file(document)
    page = client_of(staff.pkd).get(f"/arsip/berkas/{case.code}/").text
    assert "Laporan Hasil Penanganan Pengaduan" in page
    assert "onsultasi" not in page.partition("<main")[2].partition("</main>")[0]


def test_who_does_not_see_the_case_gets_no_list(staff: Staff, case: Case, client_of: ClientOf) -> None:
    for address in (f"/arsip/berkas/{case.code}/", f"/arsip/berkas/{case.code}.pdf"):
        assert client_of(staff.elsewhere).get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_what_was_destroyed_stays_listed_with_its_hash(
    staff: Staff, six_years_later: Case, client_of: ClientOf
) -> None:
    case = six_years_later
    sha256 = case.attachments.get().sha256
    destroy(propose("REQUEST", by=staff.pkd), staff)
    client = client_of(staff.pkd)
    page = client.get(f"/arsip/berkas/{case.code}/").text
    assert "dimusnahkan" in page
    assert "surat-siti" not in page
    assert sha256 in read(client, case)


def test_the_queries_of_the_list(
    staff: Staff, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    case, client = case_at(State.CLOSED, staff), client_of(staff.pkd)
    for number in (1, 29):
        for _ in range(number):
            attach(case, SCAN[0], purpose=Attachment.Purpose.COMPLETION, by=None)
        client.get(f"/arsip/berkas/{case.code}/")
        with at_most_queries(6):
            client.get(f"/arsip/berkas/{case.code}/")
