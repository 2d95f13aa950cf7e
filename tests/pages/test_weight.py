"""Public pages are light: text is compressed, files are not."""

import gzip
import re
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from config.middleware import TextCompressionMiddleware
from consultations.enums import State
from consultations.models import Case
from tests import factories
from tests.factories import ClientOf
from tests.shared_data import each

MOST_BYTES = 15_000
MOST_REQUESTS = 10
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}
LOADED = re.compile(r'<(?:script|img|link|iframe|object|embed)\b[^>]*?(?:src|href|data)="([^"]*)"')

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def case(staff: factories.Staff) -> Case:
    return factories.case_at(State.SCHEDULED, staff)


def test_public_pages_are_light_and_ask_no_other_host(
    case: Case, staff: factories.Staff, client: Client
) -> None:
    """Check both languages. The page contains its CSS; scripts come from this host."""
    closed = factories.case_at(State.CLOSED, staff)
    for language in ("id", "en"):
        client.cookies["language"] = language
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
            *(
                "/verifikasi/",
                "/survei/hasil/",
                "/papan/",
                f"/p/{case.secret}/",
                f"/p/{case.secret}/tanda-terima/",
            ),
            *(f"/p/{case.secret}/ask_time/", f"/p/{case.secret}/withdraw/", f"/survei/{closed.secret}/"),
        ):
            response = client.get(address, headers=COMPRESSED)
            assert response["Content-Encoding"] == "gzip", address
            assert {"Cookie", "Accept-Encoding"} <= {*response["Vary"].split(", ")}
            assert int(response["Content-Length"]) == len(response.content) < MOST_BYTES, address
            loaded = LOADED.findall(gzip.decompress(response.content).decode())
            assert len(loaded) < MOST_REQUESTS, address
            assert all(link.startswith("/") and not link.startswith("//") for link in loaded), address


def test_the_same_page_never_has_the_same_length(client: Client) -> None:
    """Random padding hides the length of the content (BREACH)."""
    lengths = {len(client.get("/privasi/", headers=COMPRESSED).content) for _time in range(20)}
    assert len(lengths) > 1


def test_a_browser_that_cannot_decompress_reads_plain_text(client: Client) -> None:
    response = client.get("/", headers={"Accept-Encoding": "identity"})
    assert not response.has_header("Content-Encoding")
    assert b"</html>" in response.content


def sent(response: HttpResponseBase, rf: RequestFactory) -> Any:
    """Return the response as a browser that accepts gzip receives it."""
    middleware = TextCompressionMiddleware(lambda request: HttpResponse())
    return middleware.process_response(rf.get("/", headers=COMPRESSED), response)


@each(
    ("kind", "is_text"),
    [
        ("text/html; charset=utf-8", True),
        ("text/csv", True),
        ("text/calendar; charset=utf-8", True),
        ("image/svg+xml", True),
        ("application/json", True),
        ("application/pdf", False),
        ("image/jpeg", False),
        ("application/octet-stream", False),
    ],
)
def test_only_text_is_compressed(kind: str, is_text: bool, rf: RequestFactory) -> None:
    response = sent(HttpResponse(b"a" * 5000, content_type=kind), rf)
    assert response.has_header("Content-Encoding") == is_text
    assert (len(response.content) < 5000) == is_text


def test_files_keep_their_length(
    staff: factories.Staff, client_of: ClientOf, case: Case, rf: RequestFactory
) -> None:
    document = client_of(staff.kadis).get(f"/permohonan/{case.code}/surat-permohonan.pdf", headers=COMPRESSED)
    assert document["Content-Type"] == "application/pdf"
    assert not document.has_header("Content-Encoding")
    file = FileResponse(iter([b"a" * 5000]), content_type="text/plain", headers={"Content-Length": "5000"})
    response = sent(file, rf)
    assert response["Content-Length"] == "5000"
    assert not response.has_header("Content-Encoding")
