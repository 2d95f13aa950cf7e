"""Public pages contain their style sheets; pages of the office link to theirs."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from consultations.enums import State
from kit.templatetags.kit import SHEETS, read_sheets
from tests.factories import Staff, case_at
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database

CLASS_NAME = re.compile(r'className = "([^"]+)"')
CLASSES = re.compile(r'\sclass="([^"]*)"')
CLASS_SELECTOR = re.compile(r"\.([a-z][\w-]*)")
NONCE = re.compile(r'<style nonce="([^"]+)">')
STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
ON_FORMS = read_sheets(*SHEETS, "forms")
ALL_SHEETS = read_sheets(*SHEETS, "forms", "choices", "records", "pages")


@each("address", ["/", "/ajukan/", "/lacak/", "/standar-layanan/", "/masuk/"])
def test_a_public_page_needs_no_second_response_to_be_painted(
    address: str, staff: Staff, client: Client
) -> None:
    response = client.get(address)
    page = response.content.decode()
    nonce = NONCE.search(page)
    assert nonce
    assert f"'nonce-{nonce[1]}'" in response["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in page
    assert read_sheets(*SHEETS) in page


def test_each_response_has_its_own_nonce(staff: Staff, client: Client) -> None:
    first, second = (NONCE.search(client.get("/").content.decode()) for _ in range(2))
    assert first
    assert second
    assert first[1] != second[1]


def test_office_pages_link_to_style_sheets_that_a_browser_caches(staff: Staff) -> None:
    client = Client()
    client.force_login(staff.pkd, backend="office.access.accounts.StaffBackend")
    page = client.get("/meja/").content.decode()
    assert re.findall(r'rel="stylesheet" href="/static/([^"]+)"', page) == [
        "bootstrap/css/bootstrap.min.css",
        "css/rembuk.css",
        "css/forms.css",
        "css/choices.css",
        "css/records.css",
        "css/office.css",
        "css/work.css",
    ]
    assert "<style" not in page


def list_public_pages(staff: Staff) -> Iterator[str]:
    """Yield the HTML of each kind of public page, with and without errors."""
    client = Client()
    secrets = {
        state: case_at(state, staff).secret for state in (State.INCOMPLETE, State.SCHEDULED, State.CLOSED)
    }
    scheduled, closed = f"/p/{secrets[State.SCHEDULED]}/", f"/survei/{secrets[State.CLOSED]}/"
    incomplete = f"/p/{secrets[State.INCOMPLETE]}/"
    for address in (
        *(
            "/",
            "/ajukan/",
            "/pengaduan/",
            "/lacak/",
            "/standar-layanan/",
            "/statistik/",
            "/privasi/",
            "/aksesibilitas/",
        ),
        *("/verifikasi/", "/survei/hasil/", "/masuk/", "/tidak-ada/", scheduled, incomplete, closed),
        *(f"{scheduled}tanda-terima/", f"{scheduled}ask_time/", f"{scheduled}withdraw/"),
        *(f"{incomplete}complete/", f"/p/{secrets[State.CLOSED]}/"),
    ):
        yield client.get(address).content.decode()
    for address in ("/ajukan/", "/pengaduan/", "/lacak/", "/masuk/", f"{scheduled}withdraw/", closed):
        yield client.post(address).content.decode()


def test_every_bootstrap_class_of_a_public_page_is_styled(staff: Staff) -> None:
    """Bootstrap itself is not loaded: a sheet in the page must have the class."""
    bootstrap = Path(str(finders.find("bootstrap/css/bootstrap.min.css"))).read_text(encoding="utf-8")
    for page in list_public_pages(staff):
        used = {name for classes in CLASSES.findall(page) for name in classes.split()}
        styled = {*CLASS_SELECTOR.findall("".join(STYLES.findall(page)))}
        assert "brand" in used
        assert not used & {*CLASS_SELECTOR.findall(bootstrap)} - styled


def test_an_element_that_a_script_adds_is_styled() -> None:
    folder = settings.BASE_DIR / "static" / "js"
    scripts = "".join((folder / f"{name}.js").read_text() for name in ("autosave", "photos", "proof"))
    added = {word for found in CLASS_NAME.findall(scripts) for word in found.split()}
    assert added == {"hint", "invalid-feedback", "shrunk"}
    for word in added:
        assert f".{word}" in ON_FORMS


def test_every_variable_has_a_value() -> None:
    used, defined = re.findall(r"var\((--[\w-]+)\)", ALL_SHEETS), re.findall(r"(--[\w-]+):", ALL_SHEETS)
    assert {*used} <= {*defined}


def test_critical_css_is_small() -> None:
    """Each public page carries it, within the 15,000 bytes of a later visit to the form."""
    assert "/*" not in ALL_SHEETS
    assert len(gzip.compress(ON_FORMS.encode())) < 3_900
