"""The citizen's pages that need no secret: content, language and weight, and the answers to mistakes."""

import datetime as dt
import gzip
import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.formats import date_format
from django.views import defaults

from config.middleware import TextCompressionMiddleware
from consultations.enums import State
from consultations.models import Case
from desk.views.public import get_last_check
from kit import clock
from office.models import Office, OpeningHours, StandardComponent, StandardPublication, User
from tests.factories import Staff, case_at, client_of, publish_standard
from tests.shared_data import each
from tests.submitting import assert_says, image, pdf, typed, upload

pytestmark = pytest.mark.usefixtures("office")

FOR_ALL = ["/", "/standar-layanan/", "/ajukan/", "/pengaduan/"]
"""Pages that are rendered once for all visitors."""


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SCHEDULED, staff)


@each("path", [*FOR_ALL, "/lacak/", "/privasi/", "/aksesibilitas/"])
def test_everybody_may_open_the_public_pages(client: Client, path: str) -> None:
    with clock.set_to(clock.now()):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
    assert (answer.status_code, len(asked)) == (200, 1)
    assert "https://www.lapor.go.id/" in answer.text
    assert "https://ombudsman.go.id/" in answer.text
    assert client.post(path).status_code in (405, 422)


def list_own(answer: Any) -> list[str]:
    """Return what only one visitor's page may hold: nonce, tokens, and where the language form leads.

    The promise of the first free day is the same for all visitors of a day.
    """
    nonce = re.findall("'nonce-([^']+)'", answer["Content-Security-Policy"])
    return [
        *nonce,
        *re.findall(r'<input type="hidden" name="(?!visit_at_promise)[^"]+" value="([^"]+)"', answer.text),
    ]


@each("path", FOR_ALL)
def test_what_all_visitors_share_holds_nothing_of_one(staff: Staff, path: str) -> None:
    own, shared = [], []
    for number, name in enumerate(("Ahmad", "Budi", "Citra")):
        visitor = Client()
        if number == 1:
            visitor.cookies["language"] = "en"
        with clock.set_to(clock.now().replace(second=number)):
            if path in ("/ajukan/", "/pengaduan/"):
                assert name in visitor.post(path, typed(applicant_name=name, phone="")).text
            answer = visitor.get(f"{path}?{name}")
        own.append({*list_own(answer)})
        shared.append(re.sub("|".join(map(re.escape, own[-1])), "", answer.text))
    assert shared[0] == shared[2] != shared[1]
    assert "Konsultasi dengan dinas" not in shared[1]
    assert not own[0] & own[1] | own[1] & own[2] | own[0] & own[2]
    assert not re.search("Ahmad|Budi|Citra", "".join(shared))


@each("path", FOR_ALL)
def test_what_all_visitors_share_follows_the_office_at_once(client: Client, path: str) -> None:
    with clock.set_to(clock.now()):
        client.get(path)
        Office.objects.update(phone="0717 555 0100")
        assert "0717 555 0100" in client.get(path).text


def test_home_says_what_the_standard_says(client: Client, office: Office) -> None:
    assert "data-number=" not in client.get("/").text  # nothing is published yet
    publish_standard()
    page = client.get("/").text
    for words in (
        *("30 menit", "Gratis", office.standard_number, office.address, "<li>Materi</li><li>Kontak</li>"),
    ):
        assert words in page
    assert page.count("data-number=") == 9
    assert "Senin-Kamis 07.30-16.00 (istirahat 12.00-13.00); Jumat 07.30-16.30" in page
    OpeningHours.objects.filter(weekday__in=[1, 3]).delete()
    assert "Senin, Rabu 07.30-16.00" in client.get("/").text


def test_security_txt_says_where_to_report(client: Client, settings: Any) -> None:
    """RFC 9116: at least one contact, exactly one date of expiry, which is less than a year ahead."""
    address = "/.well-known/security.txt"
    Office.objects.update(email="kontak@layanan.example")
    for setting, contact in (("", "kontak@layanan.example"), ("csirt@layanan.example",) * 2):
        settings.SECURITY_CONTACT = setting
        answer = client.get(address)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        left = dt.datetime.fromisoformat(fields.pop("Expires")) - clock.now()
        assert dt.timedelta() < left < dt.timedelta(days=365)
        assert fields == {
            "Contact": f"mailto:{contact}",
            "Preferred-Languages": "id, en",
            "Canonical": f"https://layanan.example{address}",
        }
    settings.SECURITY_CONTACT = ""
    Office.objects.update(email="")
    assert client.get(address).status_code == 404


def test_standard_lists_its_components_and_the_pledge(client: Client) -> None:
    publish_standard()
    assert "Laporan Hasil Konsultasi diterima" in client.get("/standar-layanan/").text
    StandardComponent.objects.all().delete()
    StandardPublication.objects.all().delete()
    for number in range(1, 15):
        part = StandardComponent.Part.DELIVERY if number <= 6 else StandardComponent.Part.MANUFACTURING
        component = {"number": number, "title": f"Komponen {number}", "is_decreed": number <= 6}
        StandardComponent.objects.create(**component, part=part, text="Satu\nDua" if number % 2 else "Satu")
    page = client.get("/standar-layanan/").text
    assert page.count("data-component=") == 14
    assert page.count("Belum ditetapkan dalam SK.") == 8
    assert "perbaikan secara terus-menerus" in page
    assert "memberikan kompensasi" in page
    assert "Maklumat ini belum ditandatangani." in page


def test_the_office_publishes_decree_pledge_and_staff(client: Client, staff: Staff) -> None:
    def page() -> str:
        return client.get("/standar-layanan/").text

    assert client.get("/standar-layanan/sk/").status_code == 404
    assert "Petugas, ahli isyarat" not in page()
    User.objects.filter(pk=staff.petugas.pk).update(competence="Petugas, ahli isyarat")
    publication = StandardPublication(
        decree=upload("sk.pdf", pdf()),
        decree_on=dt.date(2023, 3, 1),
        pledge_signature=upload("ttd.png", image("PNG")),
        pledge_signer="Ani Uji, S.Sos.",
        pledge_title="Kepala Dinas Contoh",
        pledge_on=dt.date(2026, 1, 5),
        lists_staff=True,
    )
    publication.full_clean()
    publication.save()
    for words in ("1 Maret 2023", "Ani Uji, S.Sos.", "5 Januari 2026", "Petugas, ahli isyarat"):
        assert words in page()
    for name, kind in (("sk", "application/pdf"), ("tanda-tangan", "image/png")):
        assert f'"/standar-layanan/{name}/"' in page()
        answer = client.get(f"/standar-layanan/{name}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer.getvalue()
    StandardPublication.objects.update(pledge_file="office/maklumat.pdf")
    Office.objects.update(email="kantor@contoh.invalid")
    client.cookies["language"] = "en"
    assert '"/standar-layanan/maklumat/"' in page()
    assert "mailto:kantor@contoh.invalid" in page()
    publication.decree = upload("sk.pdf", b"<html>")
    with pytest.raises(ValidationError, match="bukan PDF"):
        publication.full_clean()


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the route of every URL of the site, as `resolve()` names it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern).removeprefix("^")


def test_the_accessibility_statement_shows_a_result_that_passed(client: Client) -> None:
    """`bin/accessibility` writes the result. Run it again if pages were renamed or a check failed."""
    check = get_last_check()
    assert check["result"] == "passed"
    assert set(check["routes"]) <= set(routes(get_resolver().url_patterns))
    assert all(check["checks"].values())
    page = client.get("/aksesibilitas/").text
    assert date_format(check["checked_on"]) in page
    assert "Lulus: tidak ada pelanggaran" in page


def test_answers_to_mistakes_are_sentences(client: Client, rf: RequestFactory) -> None:
    assert_says(client.get("/p/tidak-ada/"), 404, "/lacak/")
    assert_says(Client(enforce_csrf_checks=True).post("/lacak/", {"code": "x"}), 403, "muat ulang")
    assert client.post("/ajukan/", {"material": "x" * 3_000_000}).status_code in (400, 413)
    assert not Case.objects.exists()
    assert "Kiriman tidak dapat diterima" in defaults.bad_request(rf.get("/"), Exception()).text
    with CaptureQueriesContext(connection) as asked:
        assert "di pihak kami" in defaults.server_error(rf.get("/")).text
    assert not asked.captured_queries


def choose(client: Client, language: str, page: Any) -> Any:
    """Press the button of a page for another language."""
    start = '<form method="post" action="/bahasa/" data-form="language">'
    form = page.text.split(start)[1].split("</form>")[0]
    (back,) = re.findall(r'name="next" value="([^"]*)"', form)
    assert f'name="language" value="{language}" lang="{language}"' in form
    return client.post("/bahasa/", {"language": language, "next": unescape(back)}, follow=True)


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


def test_big_texts_are_kept_in_a_cookie(client: Client) -> None:
    assert 'class="big-text"' not in client.get("/").text
    answer = client.post("/ukuran-teks/", {"text_size": "big", "next": "/lacak/"})
    assert (answer.status_code, answer["Location"]) == (302, "/lacak/")
    for path in ("/", "/lacak/"):
        assert '<html lang="id" class="big-text">' in client.get(path).text, path
    client.post("/ukuran-teks/", {"text_size": "usual", "next": "//example.com/"})
    assert 'class="big-text"' not in client.get("/").text
    assert client.post("/ukuran-teks/", {"text_size": "9em"}).status_code == 404
    assert client.get("/ukuran-teks/").status_code == 405


ELSEWHERE = """
https://example.com/ //example.com/ /\\example.com ///example.com javascript:alert(1) http:///example.com
"""


def test_choice_never_redirects_to_another_site(client: Client) -> None:
    for elsewhere in (*ELSEWHERE.split(), ""):
        response = client.post("/bahasa/", {"language": "en", "next": elsewhere})
        assert (response.status_code, response["Location"]) == (302, "/"), elsewhere
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
    missing = client.get("/bukan-halaman/")
    assert missing["Content-Language"] == "en"
    assert "Page not found" in missing.text
    answer = client.post("/lacak/", {"code": "", "phone": ""})
    assert "Write the tracking code that is printed on the receipt." in answer.text


MOST_BYTES = 15_000
MOST_REQUESTS = 10
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}
LOADED = re.compile(r'<(?:script|img|link|iframe|object|embed)\b[^>]*?(?:src|href|data)="([^"]*)"')
PUBLIC = (
    *("/", "/ajukan/", "/pengaduan/", "/lacak/", "/standar-layanan/", "/statistik/", "/privasi/"),
    *("/aksesibilitas/", "/verifikasi/", "/survei/hasil/", "/papan/"),
)


def test_public_pages_are_light_and_ask_no_other_host(case: Case, staff: Staff, client: Client) -> None:
    """Check both languages. The page contains its CSS; scripts come from this host."""
    own = (f"/p/{case.secret}/{page}" for page in ("", "tanda-terima/", "ask_time/", "withdraw/"))
    addresses = [*PUBLIC, *own, f"/survei/{case_at(State.CLOSED, staff).secret}/"]
    for language, address in product(("id", "en"), addresses):
        client.cookies["language"] = language
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


def sent(response: HttpResponseBase, rf: RequestFactory) -> Any:
    """Return the response as a browser that accepts gzip receives it."""
    middleware = TextCompressionMiddleware(lambda request: HttpResponse())
    return middleware.process_response(rf.get("/", headers=COMPRESSED), response)


def test_only_text_is_compressed_and_files_keep_their_length(rf: RequestFactory) -> None:
    text = ["text/html; charset=utf-8", "text/csv", "text/calendar; charset=utf-8", "image/svg+xml"]
    for kind in (*text, "application/json", "application/pdf", "image/jpeg", "application/octet-stream"):
        response = sent(HttpResponse(b"a" * 5000, content_type=kind), rf)
        is_text = kind in {*text, "application/json"}
        assert response.has_header("Content-Encoding") == is_text, kind
        assert (len(response.content) < 5000) == is_text, kind
    file = FileResponse(iter([b"a" * 5000]), content_type="text/plain", headers={"Content-Length": "5000"})
    response = sent(file, rf)
    assert response["Content-Length"] == "5000"
    assert not response.has_header("Content-Encoding")


def test_documents_and_old_browsers_get_no_compression(staff: Staff, case: Case) -> None:
    paper = f"/permohonan/{case.code}/surat-permohonan.pdf"
    document = client_of(staff.kadis).get(paper, headers=COMPRESSED)
    assert document["Content-Type"] == "application/pdf"
    page = Client().get("/", headers={"Accept-Encoding": "identity"})
    assert b"</html>" in page.content
    assert not any(answer.has_header("Content-Encoding") for answer in (document, page))
