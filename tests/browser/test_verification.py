"""A paper is checked on a telephone: with JavaScript the file stays there, without it the form sends it."""

from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Request

from consultations.enums import State
from documents.files import read_document, store_file_once
from documents.models import Document
from tests.browser.accessibility import objections
from tests.browser.conftest import Arrive
from tests.browser.person import Person, chosen
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser

WITHOUT_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })"
"""What a browser lacks where the site is reached by http, not https."""


@pytest.fixture
def document(staff: Staff, shared_database: None) -> Document:
    cache.clear()
    document = Document.objects.get(case=case_at(State.CLOSED, staff), kind=Document.Kind.REPORT)
    return store_file_once(document, b"%PDF-1.7 laporan")


@pytest.fixture
def content(document: Document) -> bytes:
    return read_document(document)


def changed(content: bytes) -> bytes:
    """The same file, one byte of which is another."""
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


def sent_by(person: Person) -> list[Request]:
    """What the person's browser sends from now on, other than asking for pages."""
    sent: list[Request] = []
    person.context.on("request", lambda request: sent.append(request) if request.method != "GET" else None)
    return sent


def answer(person: Person) -> str:
    found = person.page.locator(".answer .note")
    found.wait_for()
    return found.inner_text()


def verify(person: Person, content: bytes) -> str:
    """Send a file and return the answer. With JavaScript no page is loaded."""
    person.fill("verify", file=chosen("naskah.pdf", content))
    person.press("verify")
    return answer(person)


def test_with_javascript_the_file_never_leaves_the_browser(
    document: Document, content: bytes, arrive: Arrive
) -> None:
    villager = arrive()
    villager.context.grant_permissions(["clipboard-read", "clipboard-write"])
    villager.open(f"/verifikasi/{document.pk}/")
    sent = sent_by(villager)
    assert "tidak dikirim ke mana pun" in villager.said()
    assert "Berkas dikirim kepada kami" not in villager.said()
    assert verify(villager, content).startswith("Cocok.")
    assert objections(villager) == []
    villager.fill("verify", file=chosen("naskah.pdf", changed(content)))
    assert villager.page.locator(".answer .note").count() == 0
    villager.press("verify")
    assert answer(villager).startswith("Tidak cocok.")
    assert objections(villager) == []
    assert sent == []
    villager.page.get_by_role("button", name="Salin").click()
    villager.page.get_by_role("button", name="Tersalin").wait_for()
    assert villager.page.evaluate("() => navigator.clipboard.readText()") == document.sha256


@pytest.mark.release
def test_among_all_papers_only_the_hash_is_sent(
    document: Document, content: bytes, arrive: Arrive, tmp_path: Path
) -> None:
    villager = arrive()
    villager.open("/verifikasi/")
    sent = sent_by(villager)
    assert verify(villager, changed(content)).startswith("Tidak ditemukan.")
    assert objections(villager) == []
    villager.send("verify", file=chosen("naskah.pdf", content))
    villager.page.locator(".verdict").wait_for()
    assert answer(villager).startswith("Cocok.")
    assert document.number in villager.said()
    assert objections(villager) == []
    assert len(sent) == 2
    for request in sent:
        body = request.post_data_buffer or b""
        assert b'name="sha256"' in body
        assert b"naskah.pdf" not in body
        assert b"%PDF-" not in body

    long = tmp_path / "panjang.pdf"
    long.write_bytes(b"%PDF-1.7" + bytes(30 * 1024 * 1024))
    villager.open("/verifikasi/")
    sent.clear()
    villager.send("verify", file=long)
    assert answer(villager).startswith("Tidak ditemukan.")
    (request,) = sent
    assert len(request.post_data_buffer or b"") < 2_000


@pytest.mark.release
@pytest.mark.parametrize("reached_by", ["no javascript", "http"])
def test_otherwise_the_file_is_sent_and_the_answers_are_the_same(
    reached_by: str, document: Document, content: bytes, arrive: Arrive
) -> None:
    villager = arrive(javascript=reached_by == "http")
    villager.context.add_init_script(WITHOUT_SUBTLE)
    villager.open(f"/verifikasi/{document.pk}/")
    sent = sent_by(villager)
    assert "Berkas dikirim kepada kami" in villager.said()
    assert "tidak dikirim ke mana pun" not in villager.said()
    assert verify(villager, content).startswith("Cocok.")
    assert verify(villager, changed(content)).startswith("Tidak cocok.")
    assert len(sent) == 2
    villager.page.get_by_role("link", name="cari naskahnya").click()
    assert verify(villager, content).startswith("Cocok.")
    assert villager.page.url == f"{villager.server}/verifikasi/#periksa"


@pytest.mark.release
@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_empty_and_no_pdf_get_a_sentence(
    javascript: bool, document: Document, content: bytes, arrive: Arrive
) -> None:
    villager = arrive(javascript=javascript)
    villager.open(f"/verifikasi/{document.pk}/")
    villager.send("verify")
    assert villager.errors("file") == "Pilih berkas PDF yang ingin diperiksa."
    if javascript:
        assert objections(villager) == []
    villager.send("verify", file=chosen("naskah.pdf", b""))
    assert villager.errors("file") == "Berkas ini kosong. Pilih berkas lain."
    assert verify(villager, content).startswith("Cocok.")
    assert not villager.page.locator(".invalid-feedback").first.is_visible()
