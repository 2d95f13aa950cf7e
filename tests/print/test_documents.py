"""What stands on each paper: read from its HTML."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation

from consultations.models import Case
from dispositions import services as disposition_services
from office.models import Instruction, Office
from reports.documents import KINDS, NotAvailable, items_of, to_html
from tests import factories
from tests.print import scenes


def text_of(slug: str, case: Case, link: str = "") -> str:
    """The words of a paper, without its tags and style."""
    html = to_html(KINDS[slug], case, link=link)
    body = html[html.index("<body") :].replace("&nbsp;", " ")
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def test_the_accepted_report_holds_all_sections_in_the_official_form(people: factories.Staff) -> None:
    text = text_of("laporan", scenes.closed(people))
    headings = [
        "Laporan tentang Hasil Konsultasi Tata cara pengusulan",
        "Nomor: 400.9/1/DINCONTOH/2026",
        "A. Pendahuluan",
        "1. Umum",
        "2. Maksud dan Tujuan",
        "3. Dasar",
        "B. Kegiatan yang Dilaksanakan",
        "Senin, 16 November 2026, pukul 09.02–09.34 WIB",
        "32 menit",
        "Contoh Lestari (Sekretaris Desa)",
        "Contoh Melati, S.ST.",
        "Contoh Rimba, S.IP.",
        "C. Hasil yang Dicapai",
        "D. Simpulan dan Saran",
        "1. Simpulan",
        "2. Saran",
        "3. Masukan",
        "4. Pertimbangan",
        "5. Solusi",
        "6. Rekomendasi",
        "E. Penutup",
        "Paraf Kepala Bidang: Contoh Bahari, S.Sos., M.AP., 17 November 2026",
        "Kotacontoh, 17 November 2026",
        "Plt. Kepala Dinas Contoh,",
        "Dra. Contoh Kartini, M.Si.",
        "Pembina Utama Muda (IV/c)",
        "NIP. 19700101 199501 2 001",
    ]
    positions = [text.index(heading) for heading in headings]
    assert positions == sorted(positions)
    assert "Ruang Lingkup" not in text
    assert "DRAF" not in text


def test_recommendations_stand_item_by_item(people: factories.Staff) -> None:
    html = to_html(KINDS["laporan"], scenes.closed(people))
    assert "<li>Perbarui data setiap triwulan.</li><li>Laporkan hasil musyawarah ke dinas.</li>" in html


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("1. satu\n2) dua\n\n  3. tiga ", ["satu", "dua", "tiga"]),
        ("- satu\n• dua\na. tiga", ["satu", "dua", "tiga"]),
        ("2026 tahun anggaran\n1.500 keluarga", ["2026 tahun anggaran", "1.500 keluarga"]),
        (" \n", []),
    ],
)
def test_typed_numbers_are_not_numbered_twice(typed: str, items: list[str]) -> None:
    assert items_of(typed) == items


def test_a_report_under_review_is_a_draft_without_number(people: factories.Staff) -> None:
    text = text_of("laporan", scenes.reported(people))
    assert "DRAF" in text
    assert "Nomor: 400" not in text
    assert "Belum diterima" in text
    assert "Paraf" not in text


def test_a_report_in_which_only_the_product_was_written(people: factories.Staff) -> None:
    report = {"activities": "Tatap muka.", "results": "Paham.", "solutions": "Musyawarah desa."}
    text = text_of("laporan", scenes.closed(people, report))
    assert "1. Solusi" in text
    assert not re.search(r"\d\. (Umum|Dasar|Saran|Rekomendasi)", text)
    assert "Demikian laporan ini disampaikan" in text


def test_the_disposition_sheet_ticks_what_was_chosen(people: factories.Staff) -> None:
    Instruction.objects.filter(text="Untuk Diketahui").update(is_active=False)
    text = text_of("lembar-disposisi", scenes.disposed(people))
    for words in (
        "Surat dari Contoh Pratama, Pemerintah Desa Contoh Jaya",
        "Diterima Tgl. 9 November 2026",
        "No. Agenda 1/2026",
        "Biasa X Segera Sangat Segera",
        "Sifat X Biasa Terbatas Rahasia Sangat Rahasia",
        "Kepala Bidang Rehabilitasi Sosial Tembusan: Kepala Bidang Pemberdayaan Masyarakat Desa",
        "Batas waktu: 20 November 2026",
        "X Tanggapan dan Saran Proses lebih lanjut Koordinasi/konfirmasikan X Laporkan Hasilnya …",
        "Mohon segera dijadwalkan.",
        "Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si.",
    ):
        assert words in text
    assert "Untuk Diketahui" not in text


def test_an_instruction_that_is_no_longer_offered_stays_on_the_sheet(people: factories.Staff) -> None:
    case = scenes.disposed(people)
    Instruction.objects.all().delete()
    assert "X Tanggapan dan Saran X Laporkan Hasilnya" in text_of("lembar-disposisi", case)


def test_a_disposition_that_was_handed_back_says_so(people: factories.Staff) -> None:
    case = scenes.disposed(people)
    assert "(dikembalikan)" not in text_of("lembar-disposisi", case)
    with scenes.at(9, 15):
        disposition_services.hand_back(case, by=people.kabid, reason="Bukan tugas bidang kami.")
    assert "(dikembalikan)" in text_of("lembar-disposisi", case)


def test_the_sheet_of_a_walk_in_waits_for_the_head(people: factories.Staff) -> None:
    case = scenes.walk_in(people)
    text = text_of("lembar-disposisi", case)
    assert "Kepala Dinas, Menunggu pengesahan" in text
    assert "Kartini" not in text
    with scenes.at(10, 8):
        disposition_services.ratify(case, by=people.kadis)
    text = text_of("lembar-disposisi", case)
    assert "Menunggu pengesahan" not in text
    assert "Kotacontoh, 10 November 2026 Plt. Kepala Dinas Contoh, Dra. Contoh Kartini, M.Si." in text


def test_the_receipt_of_an_online_request(people: factories.Staff) -> None:
    html = to_html(KINDS["tanda-terima"], scenes.submitted(), link=scenes.LINK)
    assert f"<title>Kode QR: {scenes.LINK}</title>" in html
    text = text_of("tanda-terima", scenes.submitted(code="8888-8888", secret="lain"), link=scenes.LINK)
    for words in (
        "Kode lacak 8888-8888",
        "Contoh Pratama Pemerintah Desa Contoh Jaya",
        "Perihal Tata cara pengusulan penerima bantuan sosial desa",
        "Waktu 9 November 2026, 08.15 WIB",
        "Penerima Dinas Contoh (diterima otomatis)",
        scenes.LINK,
    ):
        assert words in text


def test_the_receipt_of_a_walk_in_names_who_received_it(people: factories.Staff) -> None:
    text = text_of("tanda-terima", scenes.walk_in(people, kind=Case.Kind.COMPLAINT))
    assert "Tanda Terima Pengaduan" in text
    assert "Tempat Dinas Contoh, Kotacontoh Penerima Contoh Sari, Sekretariat Nomor agenda 1/2026" in text
    assert "Pindai" not in text


def test_the_letter_is_made_from_what_was_typed(people: factories.Staff) -> None:
    text = text_of("surat-permohonan", scenes.submitted(email="desa@contoh.example"))
    for words in (
        "9 November 2026 Nomor – Lampiran – Hal Permohonan Konsultasi: Tata cara",
        "Yth. Kepala Dinas Contoh Pemerintah Provinsi Contoh di Kotacontoh",
        "No. kontak 0812-0000-0001 Surel desa@contoh.example",
        "Mohon juga dijelaskan dokumen",
        "Senin, 16 November 2026 pukul 09.00 WIB",
        "Hormat kami, Contoh Pratama",
    ):
        assert words in text


def test_the_letter_of_a_complaint_names_the_party(people: factories.Staff) -> None:
    case = scenes.submitted(kind=Case.Kind.COMPLAINT, complained_party="Petugas loket")
    assert "menyampaikan pengaduan mengenai Petugas loket sebagai berikut:" in text_of(
        "surat-permohonan", case
    )


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("laporan", "Laporan Hasil Konsultasi untuk permohonan ini belum ditulis."),
        ("lembar-disposisi", "Permohonan ini belum didisposisikan."),
    ],
)
def test_a_paper_that_does_not_exist_yet_says_so(people: factories.Staff, slug: str, sentence: str) -> None:
    with pytest.raises(NotAvailable, match=sentence):
        to_html(KINDS[slug], scenes.submitted())


def test_typed_markup_is_text(people: factories.Staff) -> None:
    attack = "<script>alert(1)</script><img src=http://jahat.example/a.png>"
    fields = ("applicant_name", "organisation", "address", "subject", "material")
    report = dict.fromkeys(scenes.REPORT, attack)
    case = scenes.closed(people, report, note=attack, **dict.fromkeys(fields, attack))
    for slug, kind in KINDS.items():
        html = to_html(kind, case, link=scenes.LINK)
        assert "&lt;script&gt;" in html, slug
        assert "<script" not in html
        assert "<img" not in html


def test_papers_are_indonesian_whoever_reads_them(people: factories.Staff) -> None:
    case = scenes.closed(people)
    with translation.override("en"):
        text = text_of("laporan", case)
        assert translation.get_language() == "en"
    assert "Senin, 16 November 2026" in text


def test_the_letterhead(people: factories.Staff, with_arms: Callable[[], Office]) -> None:
    case = scenes.disposed(people)
    bare = to_html(KINDS["lembar-disposisi"], case)
    assert "Tempat lambang daerah" in bare
    for words in ("Pemerintah Provinsi Contoh", "Dinas Contoh", "Jl. Contoh No. 1", "Telepon 0717000000"):
        assert words in bare
    office = with_arms()
    html = to_html(KINDS["lembar-disposisi"], case)
    assert '<img src="data:image/png;base64,' in html
    assert 'alt="Lambang Pemerintah Provinsi Contoh"' in html
    assert "Tempat lambang daerah" not in html
    office.coat_of_arms.storage.delete(str(office.coat_of_arms))
    assert "Tempat lambang daerah" in to_html(KINDS["lembar-disposisi"], case)


def test_an_office_that_was_never_filled_in(people: factories.Staff) -> None:
    case = scenes.disposed(people)
    Office.objects.all().delete()
    for slug in ("lembar-disposisi", "tanda-terima", "surat-permohonan"):
        assert case.subject in to_html(KINDS[slug], case)
