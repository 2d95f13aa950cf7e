"""Real PDFs, read back: title, size, words, marks, pictures; how long texts break."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from consultations.models import Case
from documents.files import print_html, read_document, render_html
from documents.issuing import get_document
from documents.types import TYPES_BY_SLUG
from office.models import Office
from reports.models import Report
from reports.models.report import Item
from tests.factories import Staff
from tests.print import scenes
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database

MILLIMETRE = 72 / 25.4
A4, HALF_A4 = (210, 297), (210, 148.5)


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def read(slug: str, case: Case) -> bytes:
    return read_document(get_document(TYPES_BY_SLUG[slug], case))


def size_of(content: bytes) -> object:
    box = PdfReader(BytesIO(content)).pages[0].mediabox
    return pytest.approx((float(box.width) / MILLIMETRE, float(box.height) / MILLIMETRE), abs=0.1)


@pytest.mark.release
def test_each_document_reads_back(samples: dict[str, bytes]) -> None:
    for slug, title, size, pages, words in (
        ("surat-permohonan", "Formulir Permohonan 7K3M-9Q2X", A4, 1, "Pemohon,"),
        ("tanda-terima", "Tanda Terima 7K3M-9Q2X", HALF_A4, 1, "TANDA TERIMA"),
        ("lembar-disposisi", "Lembar Disposisi nomor agenda 3/2026", HALF_A4, 1, "X Segera"),
        ("surat-penolakan", "Surat Penolakan 400.9/1/SPn/DINCONTOH/2026", A4, 1, "SMS 1708"),
        (
            *("surat-penerusan", "Surat Penerusan 400.9/13/SPt/DINCONTOH/2026", A4, 1),
            "Inspektorat Daerah",
        ),
        ("surat-tugas", "Surat Tugas 000.1.2.3/7/ST/DINCONTOH/2026", A4, 1, "MEMBERI TUGAS"),
        ("telaahan-staf", "Telaahan Staf 7K3M-9Q2X", A4, 2, "VI. Saran Tindak"),
        ("pemberitahuan-jadwal", "Pemberitahuan Jadwal 400.9/6/PJ/DINCONTOH/2026", A4, 1, "09.00"),
        ("laporan", "Laporan Hasil Konsultasi 400.9/1/LHK/DINCONTOH/2026", A4, 4, "Sekretaris Desa"),
        ("surat-permintaan-pendapat", "Surat Permintaan Pendapat 400.9/3/PP/DINCONTOH/2026", A4, 1, "a.n."),
        (
            "surat-pengingat-pendapat",
            "Permintaan Pendapat (Susulan) 400.9/4/PP/DINCONTOH/2026",
            A4,
            1,
            "a.n.",
        ),
        ("surat-hasil", "Surat Hasil Konsultasi 400.9/11/SHK/DINCONTOH/2026", A4, 2, "1 Desember 2026"),
    ):
        content = samples[f"{slug}.pdf"]
        text = pages_of(content)
        assert len(text) == pages, slug
        for number, page in enumerate(text, start=1):
            assert page.endswith(f"{title} Halaman {number} dari {pages}"), slug
        assert words in " ".join(text), slug
        with pikepdf.open(BytesIO(content)) as pdf:
            assert pdf.docinfo["/Title"] == title
            assert pdf.docinfo["/CreationDate"] == pdf.docinfo["/ModDate"]
            assert str(pdf.docinfo["/CreationDate"]).startswith("D:202611")
        assert size_of(content) == size, slug


@pytest.mark.release
@each(("sheet", "size"), [("surat-tugas", (215, 330)), ("lembar-disposisi", (215, 165))])
@pytest.mark.usefixtures("printed")
def test_a_region_may_print_on_folio(sheet: str, size: tuple[float, float], people: Staff) -> None:
    Office.objects.update(paper=Office.Paper.F4)
    assert size_of(read(sheet, scenes.scheduled(people))) == size


def test_every_page_of_a_draft_is_marked(people: Staff) -> None:
    pages = pages_of(read("laporan", scenes.reported(people)))
    assert ["DRAF" in page for page in pages] == [True] * max(len(pages), 2)


def test_the_coat_of_arms_is_shown_and_described(people: Staff, with_arms: Callable[[], Office]) -> None:
    with_arms()
    content = read("lembar-disposisi", scenes.disposed(people))
    (picture,) = PdfReader(BytesIO(content)).pages[0].images
    assert picture.image
    assert picture.image.size == (60, 80)
    with pikepdf.open(BytesIO(content)) as pdf:
        described = [o.Alt for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert "Lambang Pemerintah Provinsi Contoh" in described


def test_a_coat_of_arms_for_printers_is_shown_in_the_colours_of_the_archive(people: Staff) -> None:
    """A large CMYK picture would break PDF/A and add its size to every document."""
    office, picture = Office.load(), BytesIO()
    Image.new("CMYK", (2400, 3000), (200, 30, 0, 10)).save(picture, "JPEG")
    office.coat_of_arms.save("lambang.jpg", ContentFile(picture.getvalue()))
    content = read("lembar-disposisi", scenes.disposed(people))
    (shown,) = PdfReader(BytesIO(content)).pages[0].images
    assert shown.image
    assert (shown.image.mode, shown.image.size) == ("RGB", (480, 600))
    assert b"DeviceCMYK" not in content


@pytest.mark.release
def test_a_long_report_breaks_well_over_its_pages(people: Staff) -> None:
    paragraph = "Petugas menjelaskan tata cara pengusulan, verifikasi, dan penetapan data keluarga. " * 8
    items = [
        Item(Item.Kind.RECOMMENDATION, f"Butir rekomendasi nomor {n}. {'Uraian panjang. ' * (n % 7)}", "Desa")
        for n in range(1, 41)
    ]
    report = {**scenes.REPORT, "activities": "\n\n".join([paragraph] * 12), "items": items}
    pages = pages_of(read("laporan", scenes.closed(people, report)))
    assert "Diterima tanggal 17 November 2026" in pages[-1]
    assert "NIP. 19700101 199501 2 001" in pages[-1]
    assert "Lampiran Laporan Hasil Konsultasi Nomor" in pages.pop()
    assert len(pages) >= 7
    of_table = [page for page in pages if "Butir rekomendasi nomor" in page]
    assert len(of_table) >= 2
    assert all("No. Rekomendasi Penanggung jawab Batas waktu" in page for page in of_table)
    assert "an. Butir rekomendasi nomor 40." in of_table[-1]
    assert "Demikian laporan ini" in pages[-1], "signatures never stand alone"
    assert "NIP. 19850312 201001 2 002" in pages[-1]


def test_the_report_of_a_small_case_has_two_pages(people: Staff) -> None:
    written = {"activities": "Tatap muka.", "results": "Paham."}
    items = [Item(Item.Kind.SOLUTION, "Musyawarah desa.")]
    first, second = pages_of(read("laporan", scenes.closed(people, {**written, "items": items})))
    assert "Mengetahui," in first
    assert "Lampiran Laporan Hasil Konsultasi Nomor" in second
    assert "Diterima tanggal" in second


@pytest.mark.release
def test_signatures_stand_with_the_text_before_them(people: Staff) -> None:
    document = get_document(TYPES_BY_SLUG["laporan"], scenes.closed(people))
    report = document.source_row
    assert isinstance(report, Report)
    for lines in range(1, 40, 3):
        report.closing = "\n\n".join(f"Alinea {n} yang menutup." for n in range(lines))
        pages = pages_of(print_html(render_html(document)))
        (signed,) = [page for page in pages if "Mengetahui," in page]
        assert f"Alinea {lines - 1} yang menutup." in signed
        for page in pages[:-1]:
            text = page.partition("Laporan Hasil Konsultasi 400")[0].rstrip()
            assert not text.endswith(("Penutup", "Saran")), lines


def test_half_a_sheet_goes_on_over_the_page_with_a_long_note(people: Staff) -> None:
    note = "Mohon dikoordinasikan dengan pemerintah kabupaten. " * 30
    pages = pages_of(read("lembar-disposisi", scenes.disposed(people, note=note)))
    assert len(pages) == 2
    (signed,) = [page for page in pages if "Plt. Kepala Dinas Contoh," in page]
    assert "NIP. 19700101 199501 2 001" in signed
