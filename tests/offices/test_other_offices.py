"""The whole standard in three other offices. No page, message or paper shows a word of the first office."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import translation
from pypdf import PdfReader

from consultations.enums import State
from consultations.intake.requirements import list_asked
from consultations.models import Case
from desk.guides import BY_SLUG, GUIDES
from documents.files import published_standard, render_html
from documents.models import Document
from kit.pdf import count_pages
from notices.models import Notice
from notices.texts import render_to_applicant, render_to_staff, whatsapp_text
from office.models import Instruction, Office, StandardPublication
from office.words import get_words
from reports.statistics.board import poster
from reports.surveys.documents import questionnaire
from tests.factories import Staff, come_due, publish_standard, working_moment
from tests.journeys.test_nine_steps import TYPED, report_text, request
from tests.offices.conftest import DISTRIK, Other
from tests.offices.reading import Readers, find_foreign, words_of
from tests.pages.test_access import STAND_IN, addresses
from tests.print.documents import words_in
from tests.shared_data import each
from tests.submitting import image, upload

pytestmark = pytest.mark.same_on_every_database  # words; test_zone.py asks the database for times

READERS = ("sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas", "admin", "pengawas")
NOT_READ = {
    *("/keluar/", "/akun/logout/", "/metrics", "/pengaturan/jsi18n/"),
    *("/pengaturan/mulai/identitas/", "/pengaturan/kantor/", "/api/v1/dokumentasi/"),
}
"""Addresses that end the session, texts of Django for scripts, the pages that offer all words and zones, and
names of fields of the API.
"""
NO_TEXT = (".pdf", ".xlsx", ".json")
"""Files that a `ReadingClient` does not read. test_printed_forms() reads the printed forms."""


@pytest.mark.release
@pytest.mark.usefixtures("running_clock")
@each("address", ["/ajukan/", "/pengaduan/"])
def test_the_nine_steps(address: str, other: Other, staff: Staff, readers: Readers) -> None:
    is_complaint = "pengaduan" in address
    about = {"complained_party": "Petugas loket"} if is_complaint else meet_all()
    case = request(readers.applicant, address, **about)
    take_all_steps(case, staff, readers)
    assert (case.state, case.kind) == (State.CLOSED, "COMPLAINT" if is_complaint else "CONSULTATION")
    foreign = (*other.foreign, *other.foreign_steps)
    assert find_foreign(readers.read, foreign) == []
    assert find_foreign(dict(list_papers(case)), foreign) == []
    assert find_foreign(dict(list_messages(case)), foreign) == []
    report = report_text(readers.actor(staff.kadis), case)
    assert find_foreign({"report": report}, foreign) == []
    assert Office.load().name.upper() in report.upper()
    assert len(readers.read) > 100
    assert len(dict(list_papers(case))) >= 5
    assert len(dict(list_messages(case))) >= 5


def take_all_steps(case: Case, staff: Staff, readers: Readers) -> None:
    pkd, sekretaris, kadis, kabid, petugas = (
        readers.actor(getattr(staff, name)) for name in ("pkd", "sekretaris", "kadis", "kabid", "petugas")
    )
    about = {"complaint_kind": "NO_SUPERVISION"} if case.complained_party else {}
    division = str(staff.kabid.headed_divisions[0].pk)
    pkd.take("register", case, **about)
    if Office.load().has_secretary:
        sekretaris.take("endorse", case, division=division)
    read_in_english(case, readers)
    kadis.take("dispose", case, division=division, instructions=[str(Instruction.objects.get().pk)])
    kabid.take("assign", case, officer=str(staff.petugas.pk), companions=[str(staff.companion.pk)])
    petugas.take("prepare", case, administration="Daftar hadir", materials="Pedoman")
    petugas.take("schedule", case, starts_at=working_moment(2).strftime(TYPED), minutes="30")
    read_in_english(case, readers)
    petugas.take("start", come_due(case))
    petugas.take("finish", case, attendees="Siti Contoh")
    petugas.take("report", case, results="Alur dipahami.", **{"advice-0-text": "Lengkapi data."})
    kabid.take("forward", case)
    if Office.load().has_secretary:
        sekretaris.take("cosign", case)
    read_in_english(case, readers)
    kadis.take("accept", case)
    case.refresh_from_db()
    read_in_english(case, readers)


def read_in_english(case: Case, readers: Readers) -> None:
    """Let everybody read the case's pages in both languages."""
    for language in ("id", "en"):
        for name in READERS:
            actor = readers.actor(getattr(readers.staff, name), language)
            actor.client.get(f"/permohonan/{case.code}/")
            actor.client.get("/meja/")
        readers.applicant.client.cookies["language"] = language
        for page in ("", "tanda-terima/", "data-saya/", "jadwal.ics"):
            readers.applicant.client.get(f"/p/{case.secret}/{page}")
    readers.applicant.client.cookies["language"] = "id"


def list_papers(case: Case) -> Iterator[tuple[str, str]]:
    """Yield each issued document and each form with its words."""
    for document in Document.objects.filter(case=case):
        yield f"{document.kind} {document.pk}", words_in(render_html(document))


def list_messages(case: Case) -> Iterator[tuple[str, str]]:
    """Yield each mail and each WhatsApp text about the case."""
    office = Office.load()
    for notice in Notice.objects.filter(case=case):
        if notice.recipient_id:
            mail = render_to_staff(notice, office=office)
        else:
            mail = render_to_applicant(notice, office=office)
            yield f"whatsapp {notice.kind}", whatsapp_text(notice, with_secret=True, office=office)
        yield f"mail {notice.kind}", f"{mail.subject} {mail.text}"


@pytest.mark.release
@each("language", ["id", "en"])
def test_pages_without_a_case(language: str, other: Other, staff: Staff, readers: Readers) -> None:
    publish_own_standard()
    varying = {*STAND_IN.values(), "1"}
    pages = {a for a in addresses(get_resolver().url_patterns) if not varying & {*a.split("/")}} - NOT_READ
    pages = {page for page in pages if not page.endswith(NO_TEXT)}
    desks = {page for page in pages if "pengaturan" not in page}
    readers.applicant.client.cookies["language"] = language
    for page in pages:
        readers.applicant.client.get(page)
    for name in READERS:
        client = readers.actor(getattr(staff, name), language).client
        for page in pages if name in ("kadis", "admin") else desks:
            client.get(page)

    assert len(readers.read) > 200
    assert find_foreign(readers.read, other.foreign) == []
    public = {page: text for page, text in readers.read.items() if not page.startswith("/pengaturan/")}
    assert find_foreign(public, other.foreign_steps) == []


def publish_own_standard() -> None:
    """Publish a standard if the office has none of its own."""
    if not StandardPublication.objects.exists():
        publish_standard()
        StandardPublication.objects.update(pledge_title=get_words().head)
    StandardPublication.load().save()  # what the test has read before is read again


def meet_all() -> dict[str, Any]:
    """Return what a form of the public needs to meet the requirements of the office."""
    return {
        name: upload("berkas.png", image("PNG")) if row.asks == row.Asks.FILE else "on"
        for name, row in list_asked().items()
    }


def test_printed_forms(other: Other, staff: Staff) -> None:
    publish_own_standard()
    forms = {make.__name__: text_of_pdf(make()) for make in (poster, questionnaire, published_standard)}
    assert get_words().zone in forms["poster"]
    assert find_foreign(forms, (*other.foreign, *other.foreign_steps)) == []


def text_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_a_foreign_word_would_be_found() -> None:
    shown = words_of('<p class="dinas">Pukul 09.00 <b>WIB</b><input placeholder="Nama desa"></p>')
    assert len(find_foreign({"page": shown}, DISTRIK.foreign)) == 2


def test_the_guides_have_the_offices_words(distrik: Office) -> None:
    foreign = (*DISTRIK.foreign, "Kepala Dinas", "Kepala Bidang")
    guides = [guide for guide in GUIDES if guide.language == "id"]
    read = {guide.slug: f"{guide.title} {[part.words for part in guide.text.sections]}" for guide in guides}
    assert find_foreign(read, foreign) == []
    assert BY_SLUG["kepala-dinas"].title == "Panduan Kepala Distrik"
    with translation.override("en"):
        assert BY_SLUG["tim-pkd"].title == "Panduan Tim Pengelola Pengaduan"


def test_the_poster_of_an_office_with_a_long_name_is_one_sheet(other: Other) -> None:
    Office.objects.update(
        name="Dinas Sosial, Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan Keluarga "
        "Berencana",
        email="sekretariat.dinas.sosialp3appkb@kabupatencontoh.example",
        website="https://dinsosp3appkb.kabupatencontoh.example",
    )
    publish_own_standard()
    content = poster()
    assert count_pages(content) == 1
    assert "Laman dinsosp3appkb" in text_of_pdf(content)
