"""The citizen's pages that need no secret: home, standard, privacy, tracking, and the answers to mistakes."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views import defaults

from consultations.enums import State
from consultations.models import Case
from office.models import Office, OpeningHours, StandardComponent
from tests.factories import Staff, case_at


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SUBMITTED, staff)


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 5),  # hours, closed days, office, survey, cached figures
        ("/ajukan/", 7),  # hours, closed days, targets, who serves, rooms, and the office twice
        ("/pengaduan/", 7),
        ("/lacak/", 1),
        ("/standar-layanan/", 5),
        ("/privasi/", 1),
    ],
)
def test_everybody_may_open_the_public_pages(client: Client, office: Office, path: str, queries: int) -> None:
    client.get("/")  # computes the statistics once
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(asked) == queries
    assert client.post(path).status_code in (405, 422)


def test_home_says_what_the_standard_says(client: Client, office: Office) -> None:
    page = client.get("/").content.decode()
    for words in (
        "30 menit",
        "Gratis",
        office.standard_number,
        office.address,
        "Materi konsultasi yang jelas",
    ):
        assert words in page
    assert page.count("data-number=") == 9
    assert "Senin-Kamis 07.30-16.00 (istirahat 12.00-13.00); Jumat 07.30-16.30" in page


def test_home_opens_in_an_office_that_has_entered_nothing(client: Client, db: None) -> None:
    assert client.get("/").status_code == 200


def test_hours_name_single_days(client: Client, office: Office) -> None:
    OpeningHours.objects.filter(weekday__in=[1, 3]).delete()
    assert "Senin, Rabu 07.30-16.00" in client.get("/").content.decode()


def test_standard_lists_its_components_and_the_pledge(client: Client, office: Office) -> None:
    assert "Laporan Hasil Konsultasi diterima" in client.get("/standar-layanan/").content.decode()
    for number in range(1, 15):
        part = StandardComponent.Part.DELIVERY if number <= 6 else StandardComponent.Part.MANUFACTURING
        StandardComponent.objects.create(
            number=number, part=part, title=f"Komponen {number}", text="Satu\nDua" if number % 2 else "Satu"
        )
    page = client.get("/standar-layanan/").content.decode()
    assert page.count("data-component=") == 14
    assert "kami siap menerima sanksi" in page


@pytest.mark.parametrize("code", ["{code}", "{lower}", "{bare}", "  {spaced} "])
@pytest.mark.parametrize("phone", ["081234567890", "+62 812-3456-7890"])
def test_code_and_number_lead_to_the_secret_link(client: Client, case: Case, code: str, phone: str) -> None:
    typed = code.format(
        code=case.code,
        lower=case.code.lower(),
        bare=case.code.replace("-", ""),
        spaced=case.code.replace("-", " "),
    )
    answer = client.post("/lacak/", {"code": typed, "phone": phone})
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/{case.secret}/"


def test_the_answer_does_not_tell_whether_code_or_number_was_wrong(client: Client, case: Case) -> None:
    wrong_number = client.post("/lacak/", {"code": case.code, "phone": "081234567891"})
    wrong_code = client.post("/lacak/", {"code": "2222-2222", "phone": "081234567890"})
    for answer in (wrong_number, wrong_code):
        assert answer.status_code == 422
        assert "tidak cocok" in answer.content.decode()
    assert case.secret not in wrong_number.content.decode()


@pytest.mark.parametrize("code", ["", "\0", "x" * 500, "<script>", "7K3M\u20119Q2X"])
def test_any_code_gets_a_sentence(client: Client, case: Case, code: str) -> None:
    assert client.post("/lacak/", {"code": code, "phone": "081234567890"}).status_code == 422


def test_tries_are_limited_by_code_and_by_address(client: Client, case: Case) -> None:
    cache.clear()
    statuses = [
        client.post("/lacak/", {"code": case.code, "phone": f"0812345678{n:02}"}).status_code
        for n in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    answer = client.post("/lacak/", {"code": case.code, "phone": "081234567890"})
    assert answer.status_code == 429
    assert "Tunggu 15 menit, lalu coba lagi, atau hubungi Sekretariat." in answer.content.decode()


def test_wrong_address_gets_a_page_that_helps(client: Client, office: Office) -> None:
    answer = client.get("/p/tidak-ada/")
    assert answer.status_code == 404
    assert "/lacak/" in answer.content.decode()


def test_answers_to_mistakes_are_sentences(rf: RequestFactory, db: None) -> None:
    request = rf.get("/")
    assert "Kiriman tidak dapat diterima" in defaults.bad_request(request, Exception()).content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert "di pihak kami" in defaults.server_error(request).content.decode()
    assert not asked.captured_queries


def test_a_form_without_its_token_is_explained(office: Office) -> None:
    answer = Client(enforce_csrf_checks=True).post("/lacak/", {"code": "x"})
    assert answer.status_code == 403
    assert "muat ulang" in answer.content.decode()


def test_too_much_text_is_explained(client: Client, office: Office) -> None:
    answer = client.post("/ajukan/", {"material": "x" * 3_000_000})
    assert answer.status_code in (400, 413)
    assert not Case.objects.exists()
