"""The citizen's pages that need no secret: home, standard, privacy, tracking, and the answers to mistakes."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.formats import date_format
from django.views import defaults

from consultations.models import Case
from desk.views.public import get_last_check
from kit import clock
from office.models import Office, OpeningHours, StandardComponent, StandardPublication, User
from tests.factories import Staff
from tests.shared_data import each
from tests.submitting import image, pdf, typed, upload

FOR_ALL = ["/", "/standar-layanan/", "/ajukan/", "/pengaduan/"]
"""Pages that are rendered once for all visitors."""


@each("path", [*FOR_ALL, "/lacak/", "/privasi/", "/aksesibilitas/"])
def test_everybody_may_open_the_public_pages(client: Client, office: Office, path: str) -> None:
    with clock.set_to(clock.now()):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
    assert (answer.status_code, len(asked)) == (200, 1)
    assert "https://www.lapor.go.id/" in answer.text
    assert "https://ombudsman.go.id/" in answer.text
    assert client.post(path).status_code in (405, 422)


def list_own(answer: Any) -> list[str]:
    """Return what only one visitor's page may hold: nonce, tokens, and where the language form leads."""
    nonce = re.findall("'nonce-([^']+)'", answer["Content-Security-Policy"])
    return [*nonce, *re.findall(r'<input type="hidden" name="[^"]+" value="([^"]+)"', answer.text)]


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
        text = answer.text
        for value in list_own(answer):
            text = text.replace(value, "")
        own.append({*list_own(answer)})
        shared.append(text)
    assert shared[0] == shared[2] != shared[1]
    assert "Konsultasi dengan dinas" not in shared[1]
    assert not own[0] & own[1] | own[1] & own[2] | own[0] & own[2]
    assert not re.search("Ahmad|Budi|Citra", "".join(shared))


@each("path", FOR_ALL)
def test_what_all_visitors_share_follows_the_office_at_once(client: Client, staff: Staff, path: str) -> None:
    with clock.set_to(clock.now()):
        client.get(path)
        Office.objects.update(phone="0717 555 0100")
        assert "0717 555 0100" in client.get(path).text


def test_home_says_what_the_standard_says(client: Client, office: Office) -> None:
    page = client.get("/").text
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
    OpeningHours.objects.filter(weekday__in=[1, 3]).delete()
    assert "Senin, Rabu 07.30-16.00" in client.get("/").text


def test_home_opens_in_an_office_that_has_entered_nothing(client: Client, db: None) -> None:
    assert client.get("/").status_code == 200


def test_security_txt_says_where_to_report(client: Client, office: Office, settings: Any) -> None:
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


def test_standard_lists_its_components_and_the_pledge(client: Client, office: Office) -> None:
    assert "Laporan Hasil Konsultasi diterima" in client.get("/standar-layanan/").text
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
    assert client.get("/standar-layanan/sk/").status_code == 404
    assert "Petugas, ahli isyarat" not in client.get("/standar-layanan/").text
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
    page = client.get("/standar-layanan/").text
    for words in ("1 Maret 2023", "Ani Uji, S.Sos.", "5 Januari 2026", "Petugas, ahli isyarat"):
        assert words in page
    for name, kind in (("sk", "application/pdf"), ("tanda-tangan", "image/png")):
        assert f'"/standar-layanan/{name}/"' in page
        answer = client.get(f"/standar-layanan/{name}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer.getvalue()
    StandardPublication.objects.update(pledge_file="office/maklumat.pdf")
    Office.objects.update(email="kantor@contoh.invalid")
    client.cookies["language"] = "en"
    page = client.get("/standar-layanan/").text
    assert '"/standar-layanan/maklumat/"' in page
    assert "mailto:kantor@contoh.invalid" in page
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


def test_the_accessibility_statement_shows_a_result_that_passed(client: Client, office: Office) -> None:
    """`bin/accessibility` writes the result. Run it again if pages were renamed or a check failed."""
    check = get_last_check()
    assert check["result"] == "passed"
    assert set(check["routes"]) <= set(routes(get_resolver().url_patterns))
    assert all(check["checks"].values())
    page = client.get("/aksesibilitas/").text
    assert date_format(check["checked_on"]) in page
    assert "Lulus: tidak ada pelanggaran" in page


def test_mistakes_get_a_page_that_helps(client: Client, office: Office) -> None:
    missing = client.get("/p/tidak-ada/")
    assert (missing.status_code, "/lacak/" in missing.text) == (404, True)
    forged = Client(enforce_csrf_checks=True).post("/lacak/", {"code": "x"})
    assert (forged.status_code, "muat ulang" in forged.text) == (403, True)
    assert client.post("/ajukan/", {"material": "x" * 3_000_000}).status_code in (400, 413)
    assert not Case.objects.exists()


def test_answers_to_mistakes_are_sentences(rf: RequestFactory, db: None) -> None:
    request = rf.get("/")
    assert "Kiriman tidak dapat diterima" in defaults.bad_request(request, Exception()).text
    with CaptureQueriesContext(connection) as asked:
        assert "di pihak kami" in defaults.server_error(request).text
    assert not asked.captured_queries
