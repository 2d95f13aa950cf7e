"""The letter to the applicant: drafted from the report, named after what it answers, on one page."""

from io import BytesIO

from django.test import Client
from pypdf import PdfReader

from consultations.enums import Kind
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from documents import signing_desk
from documents.files import read_document
from documents.letter_text import Passage, split_passages
from documents.life import TURNS, list_papers
from documents.models import Document
from office.models import Office
from reports import services as report_services
from tests.factories import Staff, sign_papers
from tests.print import scenes
from tests.print.documents import issued, of, sign_papers as sign_short

RESULT = Document.Kind.RESULT


def answered(staff: Staff, **details: object) -> Case:
    """Return a case that was answered in writing, with its accepted report."""
    case = scenes.prepared(staff, **details)
    with scenes.at(12, 9):
        scheduling_services.answer(case, by=staff.petugas, answer="Usulan dibuka lagi tiap bulan.")
    with scenes.at(16, 14):
        report_services.report(case, by=staff.petugas, **scenes.REPORT)
    scenes.accept(case, staff)
    return case


def test_the_author_of_the_report_drafts_it_and_the_head_does_not(people: Staff) -> None:
    letter = issued(scenes.closed(people), RESULT)
    assert (letter.state, letter.drafted_by, letter.number) == ("DRAFT", people.petugas, "")
    assert "DRAF" in of(letter)
    assert letter in signing_desk.list_drafted(people.petugas)
    assert letter not in list_papers(people.kadis, *TURNS)


def test_the_draft_says_the_gist_and_each_item_in_one_line(people: Staff) -> None:
    gist, *lists = split_passages(issued(scenes.closed(people), RESULT).text)
    assert gist == Passage("Pengusulan dilakukan melalui musyawarah desa dan disahkan kepala desa.")
    assert [passage.text for passage in lists] == [
        *("Saran:", "Masukan:", "Pertimbangan:", "Solusi:", "Rekomendasi:"),
    ]
    assert lists[-1].items[1:] == (
        "Laporkan hasil musyawarah ke dinas (Kepala Desa Contoh Jaya, paling lambat 31 Desember 2026).",
        "Ajukan pendampingan bila unggahan ditolak.",
    )


def test_a_text_is_split_into_paragraphs_and_lists() -> None:
    text = "Satu.\r\nDua.\r\n\r\nSaran:\r\n1. Usulkan.\r\n2) Perbarui.\r\n\r\n- Bawa KTP."
    assert split_passages(text) == [
        Passage("Satu.\nDua."),
        Passage("Saran:", ("Usulkan.", "Perbarui.")),
        Passage("", ("Bawa KTP.",)),
    ]


def test_the_signed_letter_names_who_answers_questions(people: Staff) -> None:
    case = scenes.closed(people)
    with scenes.at(18, 8):
        sign_papers(case, people)
    letter = issued(case, RESULT)
    text = of(letter)
    for words in (
        "Kotacontoh, 18 November 2026 Nomor 400.9/3/SHK/DINCONTOH/2026",
        "Hal Hasil Konsultasi Yth. Kepala Desa Contoh Jaya",
        "dapat menghubungi Sdr. Contoh Melati, S.ST., Petugas Rehabilitasi Sosial, telepon 0717000000",
        "a.n. Kepala Dinas Contoh Kepala Bidang Rehabilitasi Sosial, Contoh Bahari",
        "verifikasi",
    ):
        assert words in text
    assert "Ombudsman" not in text
    with letter.original.open() as file:
        assert len(PdfReader(BytesIO(file.read())).pages) == 1


def test_it_is_named_after_what_it_answers(people: Staff, client: Client) -> None:
    letter = issued(answered(people), RESULT)
    assert "Hal Jawaban Yth." in of(letter)
    assert "<dd>Surat Jawaban</dd>" in client.get(f"/verifikasi/{letter.pk}/").text
    complaint = scenes.closed(people, code="2222-2222", secret="lain", kind=Kind.COMPLAINT)
    text = of(issued(complaint, RESULT))
    assert "Hal Hasil Penanganan Pengaduan Yth." in text
    assert "Ombudsman Republik Indonesia atau SP4N-LAPOR!" in text


def test_an_office_may_leave_out_the_name_of_the_officer(people: Staff) -> None:
    case = scenes.closed(people)
    Office.objects.update(names_officer=False)
    assert "dapat menghubungi petugas Dinas Contoh, telepon" in of(issued(case, RESULT))


def test_a_corrected_report_has_a_new_letter(people: Staff) -> None:
    case = scenes.closed(people)
    with scenes.at(17, 16):
        sign_short(case, people)
    first = issued(case, RESULT)
    scenes.correct(case, people)
    second = issued(case, RESULT)
    assert (second.replaces, second.version, second.state) == (first, 2, "DRAFT")
    assert second not in case.documents.for_applicant()
    with scenes.at(18, 12):
        sign_short(case, people)
    second.refresh_from_db()
    assert second in case.documents.for_applicant()
    assert read_document(first), "the office still opens the old one"
