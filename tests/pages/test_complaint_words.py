"""A complaint is called a complaint on each page and paper, from its receipt to its result."""

import re

import pytest
from django.test import Client

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.wording import speak_of_complaint
from consultations.workflow import list_open_steps
from documents.files import DocumentUnavailable
from documents.issuing import get_document
from documents.types import CASE_DOCUMENT_TYPES
from tests.factories import SECTIONS, Staff, applicant, case_at, client_of, pass_on, sign_papers
from tests.print.documents import words_of
from tests.shared_data import each

WORDS = {
    "id": re.compile(r"\b(permohonan|pemohon|konsultasi)\w*", re.IGNORECASE),
    "en": re.compile(r"\b(request|applicant|consultation)\w*", re.IGNORECASE),
}
TYPED = (
    *(*SECTIONS.values(), "Pemohon memahami alur pengusulan.", "Sedang dalam konsultasi"),
    "Jenis urusan kedua Konsultasi Pengaduan",
)
"""Texts of the officer, the state of an officer in another case, and the kind of another matter."""

OWN = {"subject": "Uang rokok di loket", "material": "Di loket diminta uang rokok."}
STAFF_OF = {"sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas"}


def find_words(html: str, language: str = "id") -> list[str]:
    """Return the words of a consultation in the main part of a page, each with what stands around it."""
    main = re.sub(r"(?s).*?<main[^>]*>|</main>.*|<(script|style).*?</\1>", " ", html)
    titles = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', main))
    text = " ".join((re.sub(r"(?s)<[^>]*>", " ", main) + " " + titles).split())
    for written in filter(None, TYPED):
        text = text.replace(str(written), "")
    return [text[max(0, m.start() - 40) : m.end() + 20] for m in WORDS[language].finditer(text)]


def look(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code in (200, 409), (address, response.status_code)
    return [f"{address}: {words}" for words in find_words(response.text)]


@pytest.mark.parametrize(
    "state",
    [
        State.INCOMPLETE,
        *(pytest.param(s, marks=pytest.mark.release) for s in (State.SCHEDULED, State.CLOSED)),
    ],
)
def test_no_page_of_a_complaint_speaks_of_a_request(state: State, staff: Staff) -> None:
    case = case_at(state, staff, kind=Kind.COMPLAINT, **OWN)
    link, found = f"/p/{case.secret}/", []
    for verb in ("", "tanda-terima/", *(f"{step.verb}/" for step in list_open_steps(applicant(case), case))):
        found += look(Client(), f"{link}{verb}")
    for name in sorted(STAFF_OF):
        user = getattr(staff, name)
        if not Case.objects.visible_to(user).filter(pk=case.pk).exists():
            continue
        address = f"/permohonan/{case.code}/"
        for step in list_open_steps(user, case):
            found += look(client_of(user), f"{address}{step.verb}/")
        found += look(client_of(user), address)
    assert sorted({line.partition("/: ")[2] for line in found}) == []


def test_a_link_of_a_form_is_a_link_for_a_complaint_too(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    page = client_of(staff.pkd).get(f"/permohonan/{case.code}/register/").text
    assert '<a href="/kode-klasifikasi/"' in page
    assert "&lt;a" not in page


@pytest.mark.parametrize("passes_on", [False, True])
def test_no_paper_of_a_complaint_speaks_of_a_request(passes_on: bool, staff: Staff) -> None:
    case = case_at(State.REGISTERED if passes_on else State.CLOSED, staff, kind=Kind.COMPLAINT, **OWN)
    if passes_on:
        pass_on(case, by=staff.kadis)
    sign_papers(case, staff)
    found, printed = [], set()
    for document_type in CASE_DOCUMENT_TYPES:
        try:
            get_document(document_type, case)
        except DocumentUnavailable:
            continue
        printed.add(document_type.slug)
        words = words_of(document_type.slug, case)
        for written in filter(None, TYPED):
            words = words.replace(str(written), "")
        places = [words[max(0, m.start() - 40) : m.end() + 20] for m in WORDS["id"].finditer(words)]
        found += [f"{document_type.slug}: {place}" for place in places]
    assert ("surat-penerusan" if passes_on else "laporan") in printed
    assert found == []


@each(
    ("text", "spoken"),
    [
        ("Laporan Hasil Konsultasi", "Laporan Hasil Penanganan Pengaduan"),
        ("Kirim permohonan konsultasi Anda", "Kirim pengaduan Anda"),
        ("Pemohon meminta waktu lain", "Pelapor meminta waktu lain"),
        ("Mulai konsultasi", "Mulai penanganan"),
    ],
)
def test_the_words_of_a_complaint(text: str, spoken: str) -> None:
    assert speak_of_complaint(text) == spoken
