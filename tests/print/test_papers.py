"""Who may open which paper, and what the answer carries."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case
from consultations.workflow import State
from office.models import User
from reports.freezing import freeze
from reports.models import Document
from tests import factories
from tests.print import scenes

type ClientOf = Callable[[User], Client]

PAPERS = ("laporan", "lembar-disposisi", "tanda-terima", "surat-permohonan")


def office_url(case: Case, slug: str) -> str:
    return reverse("paper", args=[case.code, slug])


def public_url(case: Case, slug: str) -> str:
    return reverse("public_paper", args=[case.secret, slug])


def text_of(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("sekretariat", 200),
        ("pkd", 200),
        ("kadis", 200),
        ("kabid", 200),
        ("other_kabid", 404),
        ("petugas", 200),
        ("other_petugas", 404),
        ("companion", 200),
        ("elsewhere", 404),
        ("admin", 404),
        ("expired", 404),
    ],
)
def test_staff_opens_papers_of_the_cases_it_may_see(
    staff: factories.Staff, client_of: ClientOf, person: str, status: int
) -> None:
    case = factories.case_at(State.REPORTED, staff)
    client = client_of(getattr(staff, person))
    assert {client.get(office_url(case, slug)).status_code for slug in PAPERS} == {status}


def test_an_official_complained_about_opens_no_paper(staff: factories.Staff, client_of: ClientOf) -> None:
    case = factories.case_at(State.DISPOSED, staff)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    assert client_of(staff.kabid).get(office_url(case, "tanda-terima")).status_code == 404


def test_papers_of_the_office_ask_for_a_login(staff: factories.Staff) -> None:
    case = factories.case_at(State.SUBMITTED, staff)
    answer = Client().get(office_url(case, "tanda-terima"))
    assert answer.status_code == 302
    assert answer.url.startswith("/masuk/")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "opened"),
    [
        (State.SUBMITTED, {"tanda-terima", "surat-permohonan"}),
        (State.FORWARDED, {"tanda-terima", "surat-permohonan"}),
        (State.WITHDRAWN, {"tanda-terima", "surat-permohonan"}),
        (State.CLOSED, {"tanda-terima", "surat-permohonan", "laporan"}),
    ],
)
def test_the_applicant_opens_own_papers_and_the_report_once_closed(
    staff: factories.Staff, state: State, opened: set[str]
) -> None:
    case = factories.case_at(state, staff)
    client = Client()
    assert {slug for slug in PAPERS if client.get(public_url(case, slug)).status_code == 200} == opened


def test_what_does_not_exist_is_not_found(staff: factories.Staff, client_of: ClientOf) -> None:
    case = factories.case_at(State.SUBMITTED, staff)
    client = client_of(staff.pkd)
    assert client.get(office_url(case, "surat-tugas")).status_code == 404
    assert client.get(reverse("paper", args=["AAAA-AAAA", "tanda-terima"])).status_code == 404
    assert client.get(reverse("public_paper", args=["salah" * 6 + "00", "tanda-terima"])).status_code == 404
    assert client.get(public_url(case, "surat-tugas")).status_code == 404
    assert client.post(office_url(case, "tanda-terima")).status_code == 405


@pytest.mark.parametrize(
    ("slug", "sentence"), [("laporan", "belum ditulis"), ("lembar-disposisi", "belum didisposisikan")]
)
def test_a_paper_that_is_not_there_yet_answers_with_a_sentence(
    staff: factories.Staff, client_of: ClientOf, slug: str, sentence: str
) -> None:
    answer = client_of(staff.pkd).get(office_url(factories.case_at(State.REGISTERED, staff), slug))
    assert answer.status_code == 404
    assert sentence in answer.text


def test_a_text_that_cannot_be_printed_answers_with_a_sentence(
    staff: factories.Staff, client_of: ClientOf
) -> None:
    case = factories.case_at(State.SUBMITTED, staff, material="x" * 1_000_000)
    answer = client_of(staff.pkd).get(office_url(case, "surat-permohonan"))
    assert answer.status_code == 404
    assert "Isi dokumen ini" in answer.text
    assert client_of(staff.pkd).get(office_url(case, "tanda-terima")).status_code == 200


def test_the_answer_is_a_pdf_that_a_page_of_the_office_can_frame(
    staff: factories.Staff, client_of: ClientOf
) -> None:
    case = factories.case_at(State.SUBMITTED, staff)
    for answer in (
        client_of(staff.pkd).get(office_url(case, "tanda-terima")),
        Client().get(public_url(case, "tanda-terima")),
    ):
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'inline; filename="tanda-terima-{case.code}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_the_report_of_a_closed_case_is_the_frozen_one(staff: factories.Staff, client_of: ClientOf) -> None:
    case = factories.case_at(State.CLOSED, staff)
    shown = client_of(staff.kadis).get(office_url(case, "laporan")).content
    with Document.objects.get().file.open() as file:
        assert file.read() == shown
    assert Client().get(public_url(case, "laporan")).content == shown


def test_a_lost_file_answers_with_a_sentence(staff: factories.Staff) -> None:
    case = factories.case_at(State.CLOSED, staff)
    default_storage.delete(str(freeze(case).file))
    answer = Client().get(public_url(case, "laporan"))
    assert answer.status_code == 404
    assert "tidak dapat dibaca" in answer.text


def test_the_secret_link_is_printed_only_by_who_hands_it_out(
    staff: factories.Staff, client_of: ClientOf
) -> None:
    case = scenes.disposed(staff)
    follow = f"http://testserver{reverse('follow', args=[case.secret])}"
    for person, handed_out in (
        (staff.sekretariat, True),
        (staff.pkd, True),
        (staff.kadis, False),
        (staff.kabid, False),
    ):
        text = text_of(client_of(person).get(office_url(case, "tanda-terima")).content)
        assert (follow in text) is handed_out
        assert (f"http://testserver{reverse('lookup')}" in text) is not handed_out
    assert follow in text_of(Client().get(public_url(case, "tanda-terima")).content)


@pytest.mark.parametrize(
    ("slug", "office_queries", "public_queries"),
    [("laporan", 6, 3), ("lembar-disposisi", 7, 2), ("tanda-terima", 6, 3), ("surat-permohonan", 6, 3)],
)
def test_queries_of_each_paper(
    staff: factories.Staff,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
    slug: str,
    office_queries: int,
    public_queries: int,
) -> None:
    case = factories.case_at(State.CLOSED, staff)
    freeze(case)
    client = client_of(staff.kadis)
    with django_assert_num_queries(office_queries):
        client.get(office_url(case, slug))
    with django_assert_num_queries(public_queries):
        Client().get(public_url(case, slug))
