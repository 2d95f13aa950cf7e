"""The styles of a public page stand in the page; the office's pages link to theirs."""

import gzip
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from consultations.enums import State
from tests.factories import Staff, case_at

pytestmark = pytest.mark.same_on_every_database

CLASS_NAME = re.compile(r'className = "([^"]+)"')
NONCE = re.compile(r'<style nonce="([^"]+)">')


@pytest.mark.parametrize("address", ["/", "/ajukan/", "/lacak/", "/standar-layanan/", "/masuk/"])
def test_a_public_page_can_be_painted_without_a_second_answer(
    address: str, staff: Staff, client: Client
) -> None:
    answer = client.get(address)
    page = answer.content.decode()
    allowed = NONCE.search(page)
    assert allowed
    assert f"'nonce-{allowed[1]}'" in answer["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in page


def test_each_answer_has_a_nonce_of_its_own(staff: Staff, client: Client) -> None:
    first, second = (NONCE.search(client.get("/").content.decode()) for _ in range(2))
    assert first
    assert second
    assert first[1] != second[1]


def test_the_office_links_to_style_sheets_that_a_browser_keeps(staff: Staff) -> None:
    client = Client()
    client.force_login(staff.pkd, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/meja/").content.decode()
    assert "bootstrap.min.css" in page
    assert "<style" not in page


def css_of(address: str) -> str:
    """What stands in the style element of a public page."""
    return Client().get(address).content.decode().split("<style nonce=", 1)[1].split("</style>", 1)[0]


def test_a_page_has_the_styles_that_it_uses_and_no_others(staff: Staff) -> None:
    form, home = css_of("/ajukan/"), css_of("/")
    for used in (".btn-primary{", ".form-control{", "@media (min-width:576px)", "--brand:"):
        assert used in form
    for unused in (".accordion", ".steps", ".editor-bar", ".btn-lg", "=dark", "kbd", "iframe", "h5"):
        assert unused not in form
    assert ".steps li" in home
    assert ".form-control" not in home
    assert len(gzip.compress(form.encode())) < 6_000


def test_what_a_script_adds_is_styled(staff: Staff) -> None:
    folder = settings.BASE_DIR / "static" / "js"
    scripts = "".join((folder / f"{name}.js").read_text() for name in ("request", "photos", "proof"))
    added = {word for found in CLASS_NAME.findall(scripts) for word in found.split()}
    assert added == {"form-text", "shrunk"}
    for word in added:
        assert f".{word}" in css_of("/ajukan/")


def test_every_variable_that_is_used_is_set_or_has_a_fallback(staff: Staff) -> None:
    for address in ("/", "/ajukan/"):
        css = css_of(address)
        used = set(re.findall(r"var\((--[\w-]+)\)", css))
        bootstraps_own_gaps = {"--bs-body-text-align"}
        assert used - set(re.findall(r"(--[\w-]+):", css)) <= bootstraps_own_gaps


TYPED = (
    '/* styles of this page */ <style nonce=""></style>',
    '<style nonce="x"></style>',
    'class="accordion"',
)


@pytest.mark.parametrize("subject", TYPED)
def test_what_somebody_has_typed_gets_no_styles_and_adds_none(subject: str, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, subject=subject)
    page = Client().get(f"/p/{case.secret}/").content.decode()
    assert page.count(escape(subject)) >= 2
    assert ".accordion" not in page
    office = Client()
    office.force_login(staff.pkd, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f'value="{escape(subject)}"' in office.get("/permohonan/", {"q": subject}).content.decode()
