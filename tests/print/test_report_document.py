"""Document of step 9: the consultation report (Laporan Hasil Konsultasi)."""

import datetime as dt
import re

import pytest

from consultations.scheduling import services as scheduling_services
from dispositions import services as dispositions_services
from documents.models import Document
from kit.pdf import split_bullets
from reports import services as report_services
from reports.documents import get_list_marker
from reports.forms.report import get_initial_texts
from reports.models.report import Item
from tests.factories import Staff
from tests.print import scenes
from tests.print.documents import html_of, of, words_of
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database


def test_a_report_under_review_is_a_draft_without_number_and_code(people: Staff) -> None:
    case = scenes.reported(people, subject="Permohonan konsultasi tentang dana desa")
    html = html_of("laporan", case)
    assert '<div class="tanda-draf">DRAF</div>' in html
    assert "Belum diteruskan" in html
    assert not [words for words in ("Nomor: 400", "Diterima tanggal", "verifikasi/") if words in html]
    assert "<svg" not in html.partition('class="kop-teks"')[2]
    title = "Laporan tentang Hasil Konsultasi dana desa"
    assert words_of("laporan", case).count(title) == 1, "the title does not say consultation twice"
    texts = " ".join(get_initial_texts(case).values())
    assert [words for words in ("09.02", "16 November", "Contoh Lestari") if words in texts] == []


def test_the_accepted_report_holds_all_sections_in_the_official_form(people: Staff) -> None:
    text = words_of("laporan", scenes.closed(people))
    headings = [
        "Laporan tentang Hasil Konsultasi Tata cara pengusulan",
        "Nomor: 400.9/1/LHK/DINCONTOH/2026",
        "Yth. Kepala Dinas Contoh Melalui Kepala Bidang Rehabilitasi Sosial Dari Petugas Rehabilitasi Sosial",
        "Lampiran Daftar hadir",
        *("A. Pendahuluan", "1. Umum", "2. Maksud dan Tujuan", "3. Dasar Undang-Undang Nomor 25 Tahun 2009"),
        "B. Kegiatan yang Dilaksanakan",
        "Senin, 16 November 2026, pukul 09.02–09.34 WIB",
        "32 menit",
        "Cara Tatap muka di kantor Tempat Ruang Konsultasi, lantai 1",
        "Yang hadir 4 orang, menurut daftar hadir pada lampiran",
        "Pelaksana yang ditugaskan Contoh Melati, S.ST., Petugas Rehabilitasi Sosial",
        "Contoh Rimba, S.IP., Petugas Pemberdayaan Masyarakat Desa",
        *("C. Hasil yang Dicapai", "D. Simpulan dan Saran", "1. Simpulan", "2. Saran", "3. Masukan"),
        *("4. Pertimbangan", "5. Solusi", "6. Rekomendasi", "E. Penutup"),
        "Mengetahui, Kepala Bidang Rehabilitasi Sosial, Contoh Bahari, S.Sos., M.AP.",
        "Kotacontoh, 16 November 2026 Petugas Rehabilitasi Sosial, Contoh Melati, S.ST.",
        "Lampiran Laporan Hasil Konsultasi",
        "Contoh Lestari Sekretaris Desa Desa Contoh",
        "layanan.example/verifikasi/",
        *("Diterima tanggal 17 November 2026", "Plt. Kepala Dinas Contoh,", "Dra. Contoh Kartini, M.Si."),
        *("Pembina Utama Muda (IV/c)", "NIP. 19700101 199501 2 001"),
    ]
    positions = [text.index(heading) for heading in headings]
    assert positions == sorted(positions)
    assert "Ruang Lingkup" not in text
    assert "DRAF" not in text


def test_an_answer_in_writing_has_no_meeting(people: Staff) -> None:
    case = scenes.prepared(people)
    with scenes.at(16, 9):
        scheduling_services.answer(case, by=people.petugas, answer="Usulkan lewat desa.", minutes=40)
        report_services.report(case, by=people.petugas, **scenes.REPORT)
    text = words_of("laporan", case)
    assert "Tanggal Senin, 16 November 2026 Cara Dijawab tertulis, tanpa pertemuan" in text
    assert "Waktu dipakai 40 menit Pelaksana yang ditugaskan" in text
    for meeting in ("Yang hadir", "Tempat", "Lama pelayanan"):
        assert meeting not in text


def test_items_are_lettered_and_recommendations_say_who_and_by_when(people: Staff) -> None:
    case = scenes.closed(people)
    html = html_of("laporan", case)
    assert "Desember 2026.</li><li>Bentuk tim verifikasi desa.</li>" in html
    text = words_of("laporan", case)
    assert "No. Rekomendasi Penanggung jawab Batas waktu a. Perbarui data setiap triwulan." in text
    assert "b. Laporkan hasil musyawarah ke dinas. Kepala Desa Contoh Jaya 31 Desember 2026 c." in text
    assert "c. Ajukan pendampingan bila unggahan ditolak. – –" in text


def test_recommendations_to_nobody_are_a_list_and_a_due_day_alone_makes_the_table(people: Staff) -> None:
    items = [Item(Item.Kind.RECOMMENDATION, "Perbarui data."), Item(Item.Kind.RECOMMENDATION, "Laporkan.")]
    case = scenes.closed(people, {**scenes.REPORT, "items": items})
    assert "<li>Perbarui data.</li><li>Laporkan.</li>" in html_of("laporan", case)
    assert "Penanggung jawab" not in words_of("laporan", case)
    dated = [Item(Item.Kind.RECOMMENDATION, "Perbarui data.", due=dt.date(2026, 12, 1))]
    scenes.correct(case, people, {**scenes.REPORT, "items": dated})
    assert "a. Perbarui data. – 1 Desember 2026" in words_of("laporan", case)


def test_typed_numbers_are_not_numbered_twice_and_letters_go_on_after_z() -> None:
    in_a_sentence = "Sesuai aturan yang berlaku. Lalu 2. dilaporkan"
    for typed, items in (
        ("1. satu\n2) dua\n\n  3. tiga ", ["satu", "dua", "tiga"]),
        ("- satu\n• dua\na. tiga", ["satu", "dua", "tiga"]),
        (in_a_sentence, [in_a_sentence]),
        ("2026 tahun anggaran\n1.500 keluarga", ["2026 tahun anggaran", "1.500 keluarga"]),
        (" \n", []),
    ):
        assert split_bullets(typed) == items, typed
    assert [get_list_marker(number) for number in (1, 26, 27, 52, 53)] == ["a", "z", "aa", "az", "ba"]


def test_a_report_in_which_only_the_product_was_written(people: Staff) -> None:
    solution = [Item(Item.Kind.SOLUTION, "Musyawarah desa.")]
    case = scenes.closed(people, {"activities": "Tatap muka.", "results": "Paham.", "items": solution})
    text = words_of("laporan", case)
    assert "1. Solusi" in text
    assert not re.search(r"\d\. (Umum|Dasar|Saran|Rekomendasi)", text)
    assert "Demikian laporan ini disampaikan" in text


@each("basis", ["Peraturan Menteri.", "Standar Pelayanan Nomor 188.4/1/CONTOH/2026\nNomor agenda 1/2026"])
def test_where_the_request_came_from_is_said_once(basis: str, people: Staff) -> None:
    case = scenes.closed(people, {**scenes.REPORT, "basis": basis})
    text = words_of("laporan", case)
    assert text.count("188.4/1/CONTOH/2026") == 1
    assert ("dan diagendakan dengan nomor" in text) == basis.startswith("Peraturan")
    assert "1/2026" in text.partition("B. Kegiatan")[0]


def test_a_corrected_report_names_the_one_that_it_replaces(people: Staff) -> None:
    case, grounds = scenes.closed(people), "1. Undang-Undang;\n2. Peraturan Menteri."
    scenes.correct(case, people, {**scenes.REPORT, "basis": grounds, "results": "Daftar berisi 15 keluarga."})
    text = words_of("laporan", case)
    for words in (
        "RALAT Meralat Laporan Nomor 400.9/1/LHK/DINCONTOH/2026 tanggal 16 November 2026, yang digantikan "
        "oleh laporan ini Alasan Jumlah keluarga keliru. Yang berubah",
        "C. Hasil yang dicapai Lampiran Yth.",
        "Nomor: 400.9/1/LHK/DINCONTOH/2026",
        "Versi 2, menggantikan versi 1 yang terbit 17 November 2026.",
        "Daftar berisi 15 keluarga.",
    ):
        assert words in text
    first = Document.objects.get(case=case, kind=Document.Kind.REPORT, version=1)
    assert "Kotacontoh, 16 November 2026 Petugas" in of(first), "the date that the ralat quotes"
    assert "Kotacontoh, 18 November 2026 Petugas" in text, "and its own"
    assert "<li>Undang-Undang;</li><li>Peraturan Menteri.</li>" in html_of("laporan", case)


@each("head_leads", [True, False])
def test_nobody_takes_note_of_an_own_report(head_leads: bool, people: Staff) -> None:
    case = scenes.disposed(people)
    officer, companion = (people.kabid, people.petugas) if head_leads else (people.petugas, people.kabid)
    with scenes.at(10, 8):
        dispositions_services.assign(case, by=people.kabid, officer=officer, companions=[companion])
    with scenes.at(11, 8):
        dispositions_services.prepare(case, by=officer, administration="a", materials="b")
        scheduling_services.answer(case, by=officer, answer="Usulkan lewat musyawarah desa.")
        report_services.report(case, by=officer, **scenes.REPORT)
    assert "Mengetahui" not in words_of("laporan", case)
    with scenes.at(17, 15):
        report_services.accept(case, by=people.kadis)
    text = words_of("laporan", case)
    assert f"Yth. Kepala Dinas Contoh Dari {case.reports.get().title}" in text or not head_leads
    assert "Mengetahui" not in text
