"""Public pages contain their style sheets; pages of the office link to theirs."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from consultations.enums import State
from kit.templatetags.kit import SHEETS, read_sheets
from tests.factories import Staff, case_at, client_of
from tests.shared_data import each

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
    """Each response has a nonce of its own."""
    response, again = client.get(address), client.get(address)
    (nonce,) = {*NONCE.findall(response.text)}
    assert {nonce} != {*NONCE.findall(again.text)}
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in response.text
    assert read_sheets(*SHEETS) in response.text


def test_office_pages_link_to_style_sheets_that_a_browser_caches(staff: Staff) -> None:
    page = client_of(staff.pkd).get("/meja/").text
    names = ("rembuk", "forms", "choices", "records", "office", "work")
    sheets = ["bootstrap/css/bootstrap.min.css", *(f"css/{name}.css" for name in names)]
    assert re.findall(r'rel="stylesheet" href="/static/([^"]+)"', page) == sheets
    assert "<style" not in page


def list_public_pages(staff: Staff) -> Iterator[str]:
    """Yield the HTML of each kind of public page, with and without errors."""
    client, states = Client(), (State.INCOMPLETE, State.SCHEDULED, State.CLOSED)
    secrets = [case_at(state, staff).secret for state in states]
    incomplete, scheduled, closed = (f"/p/{secret}/" for secret in secrets)
    survey = f"/survei/{secrets[2]}/"
    for address in (
        *("/", "/ajukan/", "/pengaduan/", "/lacak/", "/standar-layanan/", "/statistik/", "/privasi/"),
        *("/verifikasi/catatan/", "/verifikasi/saksi/"),
        *("/aksesibilitas/", "/verifikasi/", "/survei/hasil/", "/masuk/", "/tidak-ada/", survey),
        *(scheduled, f"{scheduled}tanda-terima/", f"{scheduled}ask_time/", f"{scheduled}withdraw/"),
        *(incomplete, f"{incomplete}complete/", closed),
    ):
        yield client.get(address).text
    for address in ("/ajukan/", "/pengaduan/", "/lacak/", "/masuk/", f"{scheduled}withdraw/", survey):
        yield client.post(address).text


def test_every_bootstrap_class_of_a_public_page_is_styled(staff: Staff) -> None:
    """Bootstrap itself is not loaded: a sheet in the page must have the class."""
    bootstrap = Path(str(finders.find("bootstrap/css/bootstrap.min.css"))).read_text(encoding="utf-8")
    for page in list_public_pages(staff):
        used = {name for classes in CLASSES.findall(page) for name in classes.split()}
        styled = {*CLASS_SELECTOR.findall("".join(STYLES.findall(page)))}
        assert "brand" in used
        assert not used & {*CLASS_SELECTOR.findall(bootstrap)} - styled


def test_the_sheets_are_small_and_style_variables_and_what_scripts_add() -> None:
    """Each public page carries them, within the 15,000 bytes of a later visit to the form."""
    used, defined = re.findall(r"var\((--[\w-]+)\)", ALL_SHEETS), re.findall(r"(--[\w-]+):", ALL_SHEETS)
    assert {*used} <= {*defined}
    folder = settings.BASE_DIR / "static" / "js"
    scripts = "".join((folder / f"{name}.js").read_text() for name in ("autosave", "photos", "proof"))
    added = {word for found in CLASS_NAME.findall(scripts) for word in found.split()}
    assert added == {"hint", "invalid-feedback", "shrunk"}
    assert [word for word in added if f".{word}" not in ON_FORMS] == []
    assert "/*" not in ALL_SHEETS
    assert len(gzip.compress(ON_FORMS.encode())) < 3_900
