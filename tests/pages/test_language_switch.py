"""Language of a page: Indonesian unless the reader has chosen English, whatever the browser prefers."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from tests import factories
from tests.shared_data import each
from tests.submitting import typed

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def case(staff: factories.Staff) -> Case:
    return factories.case_at(State.SCHEDULED, staff)


def choose(client: Client, language: str, page: Any) -> Any:
    """Press the button of a page for another language."""
    form = re.search(r'<form method="post" action="/bahasa/" data-form="language">.*?</form>', page.text)
    assert form
    back = re.search(r'name="next" value="([^"]*)"', form[0])
    assert back
    assert f'name="language" value="{language}" lang="{language}"' in form[0]
    return client.post("/bahasa/", {"language": language, "next": unescape(back[1])}, follow=True)


def test_pages_are_indonesian_until_a_known_language_is_chosen(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "id"
    assert "Cookie" in response["Vary"]
    assert '<html lang="id">' in response.text
    assert client.post("/bahasa/", {"language": "jv"}).status_code == 404
    assert client.get("/bahasa/").status_code == 405
    client.cookies["language"] = "jv"
    assert client.get("/")["Content-Language"] == "id"


def test_choice_is_stored_and_redirects_back(client: Client) -> None:
    chosen = choose(client, "en", client.get("/lacak/?x=1&y=2"))
    ((address, status),) = chosen.redirect_chain
    assert (address, status) == ("/lacak/?x=1&y=2", 302)
    cookie = client.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("en", "Lax", 31_536_000)
    assert chosen["Content-Language"] == "en"
    assert '<html lang="en">' in chosen.text
    assert "Track a request" in chosen.text
    assert "Lacak permohonan" in choose(client, "id", chosen).text


@each(
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
    response = client.post("/bahasa/", {"language": "en", "next": elsewhere})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "no-store" in response["Cache-Control"]


def test_the_secret_of_a_page_is_in_no_address_of_the_language_choice(case: Case) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "null"})
    page = client.get(f"/p/{case.secret}/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert not re.search(rf'"[^"]*\?[^"]*{case.secret}', page.text)
    english = choose(client, "en", page)
    assert (english.redirect_chain, english["Content-Language"]) == ([(f"/p/{case.secret}/", 302)], "en")


def test_changing_the_language_keeps_the_input_and_the_page(client: Client) -> None:
    for path in ("/ajukan/", "/pengaduan/"):
        answer = client.post(path, typed(phone="", applicant_name="Siti Setengah"))
        assert answer.status_code == 422
        assert 'value="Siti Setengah"' in choose(client, "en", answer).text
        choose(client, "id", client.get("/"))
    check = client.post("/ajukan/", typed())["Location"]
    page = choose(client, "en", client.post(check, {"version": "lain"}))
    assert (page.request["PATH_INFO"], page["Content-Language"]) == (check, "en")
    assert 'data-form="submit"' in page.text


def test_errors_are_shown_in_the_chosen_language(client: Client) -> None:
    client.cookies["language"] = "en"
    missing = client.get("/bukan-halaman/")
    assert missing["Content-Language"] == "en"
    assert "Page not found" in missing.text
    answer = client.post("/lacak/", {"code": "", "phone": ""})
    assert "Write the tracking code that is printed on the receipt." in answer.text
