"""Language of a page: Indonesian unless the reader has chosen English, whatever the browser prefers."""

import re
from typing import Any

import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from tests import factories
from tests.submitting import typed

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def case(staff: factories.Staff) -> Case:
    return factories.case_at(State.SCHEDULED, staff)


def english_link(answer: Any) -> str:
    """Return the link of a page to its English version."""
    link = re.search(r'href="(/bahasa/en/[^"]*)"', answer.content.decode())
    assert link
    return link[1]


def test_pages_are_indonesian_whatever_the_browser_says(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "id"
    assert "Cookie" in response["Vary"]
    assert '<html lang="id">' in response.content.decode()
    assert 'href="/bahasa/en/?next=%2F" lang="en" hreflang="en"' in response.content.decode()


def test_choice_is_stored_and_redirects_back(client: Client) -> None:
    chosen = client.get("/bahasa/en/?next=/lacak/%3Fx%3D1")
    assert (chosen.status_code, chosen["Location"]) == (302, "/lacak/?x=1")
    assert "no-store" in chosen["Cache-Control"]
    cookie = chosen.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("en", "Lax", 31_536_000)
    page = client.get("/lacak/?x=1")
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()
    assert "Track a request" in page.content.decode()
    assert 'href="/bahasa/id/?next=%2Flacak%2F%3Fx%3D1"' in page.content.decode()
    client.get("/bahasa/id/")
    assert "Lacak permohonan" in client.get("/lacak/").content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "///example.com",
        "javascript:alert(1)",
        "http:///example.com",
        "",
    ],
)
def test_choice_never_redirects_to_another_site(client: Client, elsewhere: str) -> None:
    response = client.get("/bahasa/en/", {"next": elsewhere})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_an_unknown_language_is_not_found(client: Client) -> None:
    assert client.get("/bahasa/jv/").status_code == 404
    client.cookies["language"] = "jv"
    assert client.get("/")["Content-Language"] == "id"


def test_prefetching_does_not_change_the_language(client: Client) -> None:
    response = client.get("/bahasa/en/?next=/", headers={"Sec-Purpose": "prefetch;prerender"})
    assert response.status_code == 503
    assert "language" not in response.cookies
    assert client.post("/bahasa/en/").status_code == 405


def test_language_links_do_not_leak_a_secret_link(client: Client, case: Case) -> None:
    client.cookies["language"] = "en"
    page = client.get(f"/p/{case.secret}/")
    assert page["Content-Language"] == "en"
    assert page["Referrer-Policy"] == "no-referrer"
    assert f'href="/bahasa/id/?next=%2Fp%2F{case.secret}%2F"' in page.content.decode()
    back = client.get(f"/bahasa/id/?next=/p/{case.secret}/")
    assert back["Location"] == f"/p/{case.secret}/"


@pytest.mark.parametrize("path", ["/ajukan/", "/pengaduan/"])
def test_changing_the_language_after_an_error_keeps_the_input(client: Client, path: str) -> None:
    data = typed(phone="", applicant_name="Siti Setengah")
    answer = client.post(path, data)
    assert answer.status_code == 422
    assert 'value="Siti Setengah"' in client.get(english_link(answer), follow=True).content.decode()


def test_changing_the_language_on_the_check_page_returns_to_it(client: Client) -> None:
    check = client.post("/ajukan/", typed())["Location"]
    answer = client.post(check, {"version": "lain"})
    page = client.get(english_link(answer), follow=True)
    assert page.request["PATH_INFO"] == check
    assert page["Content-Language"] == "en"
    assert 'data-form="submit"' in page.content.decode()


def test_errors_are_shown_in_the_chosen_language(client: Client) -> None:
    client.cookies["language"] = "en"
    assert "Page not found" in client.get("/bukan-halaman/").content.decode()
    answer = client.post("/lacak/", {"code": "", "phone": ""}).content.decode()
    assert "Write the tracking code that is printed on the receipt." in answer
    moment = client.get("/bukan-halaman/")
    assert moment["Content-Language"] == "en"
