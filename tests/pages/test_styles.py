"""The styles of a public page stand in the page; the office's pages link to theirs."""

import gzip
import re

import pytest
from django.test import Client

from office.styles import public_css
from tests.factories import Staff

pytestmark = pytest.mark.same_on_every_database

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


def test_only_what_public_pages_use_is_in_their_styles() -> None:
    css = public_css()
    for used in (".btn-primary{", ".form-control{", ".steps li", "@media (min-width:768px)", "--brand:"):
        assert used in css
    for unused in (".accordion", ".modal", ".editor-bar", ".btn-lg", "data-bs-theme=dark"):
        assert unused not in css
    assert len(gzip.compress(css.encode())) < 8_000


def test_every_variable_that_is_used_is_set_or_has_a_fallback() -> None:
    css = public_css()
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    set_somewhere = set(re.findall(r"(--[\w-]+):", css))
    bootstraps_own_gaps = {"--bs-body-text-align"}
    assert used - set_somewhere <= bootstraps_own_gaps
