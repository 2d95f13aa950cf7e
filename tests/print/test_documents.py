"""Permission to open documents, and the HTTP response."""

from collections.abc import Iterable

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.models import Case
from documents.models import Document
from documents.types import TYPES_BY_SLUG
from office.models import Office
from tests.factories import ClientOf, Staff, case_at
from tests.print import scenes
from tests.print.documents import issued, of, sign_papers, store_short_file
from tests.print.reading import text_of
from tests.print.test_form import SLUGS, full
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database


def store_short_files(documents: Iterable[Document]) -> None:
    for document in documents:
        store_short_file(document)


def office_url(case: Case, slug: str) -> str:
    return reverse("case_document", args=[case.code, slug])


def public_url(case: Case, slug: str) -> str:
    return reverse("applicant_document", args=[case.secret, slug])


def key_url(document: Document) -> str:
    return reverse("document", args=[document.pk])


NOBODY: set[str] = set()
ALL = set(SLUGS)
WITHOUT_SECRET = ALL - {"tanda-terima"}


OPENED = {
    **dict.fromkeys(("sekretariat", "pkd"), ALL),
    # a copy of the disposition went to other_kabid
    **dict.fromkeys(("kadis", "kabid", "other_kabid", "petugas", "companion"), WITHOUT_SECRET),
    **dict.fromkeys(("other_petugas", "elsewhere", "admin", "expired"), NOBODY),
}


def test_who_opens_which_document(people: Staff, client_of: ClientOf) -> None:
    case = full(people)
    documents = Document.objects.filter(case=case)
    store_short_files(documents)

    def opened_by(person: str) -> set[str]:
        client = client_of(getattr(people, person))
        by_kind = {slug for slug in SLUGS if client.get(office_url(case, slug)).status_code == 200}
        by_key = {document.slug for document in documents if client.get(key_url(document)).status_code == 200}
        assert by_kind == by_key, person
        return by_kind

    with scenes.at(18, 9):
        assert {person: opened_by(person) for person in OPENED} == OPENED


def test_an_official_complained_about_opens_no_document(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.DISPOSED, staff)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    for url in (office_url(case, "lembar-disposisi"), key_url(issued(case, Document.Kind.DISPOSITION))):
        assert client_of(staff.kabid).get(url).status_code == 404
        assert Client().get(url)["Location"].startswith("/masuk/")


FROM_THE_FIRST = {"tanda-terima", "surat-permohonan"}


@each(
    ("state", "more"),
    [
        (State.SUBMITTED, set()),
        (State.SCHEDULED, {"pemberitahuan-jadwal"}),
        (State.FORWARDED, set()),
        (State.DECLINED, {"surat-penolakan"}),
        (State.WITHDRAWN, set()),
        (State.CLOSED, {"surat-hasil"}),
    ],
)
def test_the_applicant_opens_own_documents_and_no_draft(state: State, more: set[str], staff: Staff) -> None:
    case, client = case_at(state, staff), Client()
    unsigned = {slug for slug in more if client.get(public_url(case, slug)).status_code == 200}
    assert not unsigned
    store_short_files(case.documents.in_force())
    opened = {slug for slug in TYPES_BY_SLUG if client.get(public_url(case, slug)).status_code == 200}
    assert opened == FROM_THE_FIRST | more


def test_the_applicant_opens_only_what_is_in_force(people: Staff) -> None:
    case = scenes.scheduled(people)
    assert Client().get(public_url(case, "pemberitahuan-jadwal")).status_code == 200
    with scenes.at(16, 10):
        scenes.scheduling_services.no_show(case, by=people.petugas)
    assert Client().get(public_url(case, "pemberitahuan-jadwal")).status_code == 404
    with scenes.at(16, 11):
        scenes.scheduling_services.schedule(case, by=people.petugas, starts_at=scenes.moment(17, 9))
        sign_papers(case, people)
    second = issued(case, Document.Kind.SCHEDULE)
    with second.file.open() as file:
        assert Client().get(public_url(case, "pemberitahuan-jadwal")).content == file.read()
    assert "Selasa, 17 November 2026" in of(second)


@pytest.mark.release
@pytest.mark.usefixtures("printed")
def test_the_office_also_opens_what_was_replaced(people: Staff, client_of: ClientOf) -> None:
    scenes.reschedule(case := scenes.scheduled(people), people, starts_at=scenes.moment(17, 9))
    first = Document.objects.get(case=case, kind=Document.Kind.SCHEDULE, version=1)
    answer = client_of(people.petugas).get(key_url(first))
    assert "Senin, 16 November 2026" in text_of(answer.content)


def test_what_does_not_exist_is_not_found(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.pkd)
    for url in (
        *(office_url(case, "surat-apa"), public_url(case, "surat-apa")),
        reverse("case_document", args=["AAAA-AAAA", "tanda-terima"]),
        reverse("applicant_document", args=["salah" * 6 + "00", "tanda-terima"]),
        reverse("document", args=["00000000-0000-0000-0000-000000000000"]),
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(office_url(case, "tanda-terima")).status_code == 405
    for slug, sentence in (("laporan", "belum ditulis"), ("lembar-disposisi", "belum didisposisikan")):
        answer = client.get(office_url(case, slug))
        assert (answer.status_code, sentence in answer.text) == (404, True)


def test_a_text_that_cannot_be_printed_answers_with_a_sentence(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff, material="x" * 1_000_000)
    answer = client_of(staff.pkd).get(office_url(case, "surat-permohonan"))
    assert answer.status_code == 404
    assert "Isi dokumen ini" in answer.text
    assert client_of(staff.pkd).get(office_url(case, "tanda-terima")).status_code == 200


def test_the_answer_is_a_pdf_that_a_page_of_the_office_can_frame(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    for client, url in ((client_of(staff.pkd), office_url), (Client(), public_url)):
        answer = client.get(url(case, "tanda-terima"))
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'inline; filename="tanda-terima-{case.code}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_everybody_reads_the_same_bytes_until_the_file_is_lost(staff: Staff, client_of: ClientOf) -> None:
    Office.objects.update(shares_report=True)
    case = case_at(State.CLOSED, staff)
    shown = client_of(staff.kadis).get(office_url(case, "laporan")).content
    with issued(case, Document.Kind.REPORT).file.open() as file:
        assert file.read() == shown
    assert Client().get(public_url(case, "laporan")).content == shown
    default_storage.delete(str(issued(case, Document.Kind.REPORT).file))
    answer = Client().get(public_url(case, "laporan"))
    assert (answer.status_code, "tidak dapat dibaca" in answer.text) == (404, True)


QUERIES = {
    "laporan": (7, 4),
    "lembar-disposisi": (7, 3),
    "surat-permohonan": (8, 4),
    "surat-tugas": (7, 3),
    "pemberitahuan-jadwal": (8, 4),
    "telaahan-staf": (7, 3),
}
"""Queries per document, for staff and for the applicant. A refused document is not recorded."""


@pytest.mark.release
def test_queries_of_each_document(
    people: Staff, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    """The number of versions does not matter."""
    Office.objects.update(shares_report=True)
    case = full(people)
    scenes.correct(case, people)
    store_short_files(Document.objects.filter(case=case))
    client = client_of(people.kadis)
    for slug, (office_queries, public_queries) in QUERIES.items():
        with at_most_queries(office_queries, info=slug):
            client.get(office_url(case, slug))
        with at_most_queries(public_queries, info=slug):
            Client().get(public_url(case, slug))


@pytest.mark.release
def test_queries_of_the_pages_that_list_documents(
    people: Staff, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    """The number of documents does not matter."""
    case, client = scenes.scheduled(people), client_of(people.pkd)
    for moves in range(2):
        if moves:
            for day in range(3):
                scenes.reschedule(case, people, starts_at=scenes.moment(17 + day, 9))
        assert Document.objects.filter(case=case).count() == 5 + 6 * moves
        with at_most_queries(12):
            client.get(reverse("case", args=[case.code]))
        with at_most_queries(8):
            Client().get(reverse("follow", args=[case.secret]))
