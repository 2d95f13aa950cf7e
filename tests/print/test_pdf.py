"""Real PDFs, read back: text, language, title, tags, fonts, size; hostile and very long texts."""

import logging
import socket
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from office.models import Office
from reports.documents import KINDS, render
from reports.rendering import LONGEST, TooLong, to_pdf
from tests import factories
from tests.print import scenes

MILLIMETRE = 72 / 25.4
PAGE = '<html lang="id"><title>Uji</title><body>'


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize(
    ("slug", "title", "words", "size"),
    [
        (
            "laporan",
            "Laporan Hasil Konsultasi 400.9/1/DINCONTOH/2026",
            ["LAPORAN TENTANG", "A. Pendahuluan", "NIP. 19700101 199501 2 001", "Halaman 2 dari 2"],
            (210, 297),
        ),
        (
            "lembar-disposisi",
            "Lembar Disposisi 7K3M-9Q2X",
            ["LEMBAR DISPOSISI", "X Segera", "Plt. Kepala Dinas Contoh,", "Halaman 1 dari 1"],
            (215, 165),
        ),
        ("tanda-terima", "Tanda Terima 7K3M-9Q2X", ["TANDA TERIMA", "7K3M-9Q2X", "08.15 WIB"], (215, 165)),
        ("surat-permohonan", "Surat Permohonan 7K3M-9Q2X", ["Yth. Kepala Dinas", "Hormat kami"], (215, 330)),
    ],
)
def test_each_paper_reads_back(
    people: factories.Staff, slug: str, title: str, words: list[str], size: tuple[int, int]
) -> None:
    case = scenes.closed(people)
    content = render(KINDS[slug], case, link=scenes.LINK)
    assert content == render(KINDS[slug], case, link=scenes.LINK), "the same record, the same bytes"
    text = text_of(content)
    for word in words:
        assert word in text
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.Root.Lang == "id"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.docinfo["/Title"] == title
        assert pdf.docinfo["/CreationDate"] == pdf.docinfo["/ModDate"]
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:202611")
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        box = [float(edge) / MILLIMETRE for edge in pdf.pages[0].MediaBox]
        assert box[2:] == pytest.approx(size, abs=0.1)
        fonts = list(fonts_of(pdf))
        assert fonts
        for font in fonts:
            assert "Liberation-Sans" in str(font.FontName)
            assert "/FontFile2" in font or "/FontFile3" in font


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    """The descriptors of every font that the pages use."""
    return [
        descendant.FontDescriptor
        for page in pdf.pages
        for font in page.Resources.Font.values()
        for descendant in font.DescendantFonts
    ]


def test_every_page_of_a_draft_is_marked(people: factories.Staff) -> None:
    pages = PdfReader(BytesIO(render(KINDS["laporan"], scenes.reported(people)))).pages
    assert len(pages) > 1
    assert all("DRAF" in page.extract_text() for page in pages)


def test_the_coat_of_arms_is_on_the_paper_and_described(
    people: factories.Staff, with_arms: Callable[[], Office]
) -> None:
    case = scenes.disposed(people)
    with_arms()
    content = render(KINDS["lembar-disposisi"], case)
    assert content == render(KINDS["lembar-disposisi"], case)
    (picture,) = PdfReader(BytesIO(content)).pages[0].images
    assert picture.image
    assert picture.image.size == (60, 80)
    assert "Lambang Pemerintah Provinsi Contoh".encode("utf-16-be") in b"".join(alternatives(content))


def alternatives(content: bytes) -> list[bytes]:
    """The texts that stand for pictures (Alt), as UTF-16."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return [
            str(o.Alt).encode("utf-16-be")
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and "/Alt" in o
        ]


def test_nothing_is_fetched_from_a_host_or_the_disk(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    """Even from markup, which typed text never becomes."""
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("opened a connection"))
    secret = tmp_path / "rahasia.css"
    secret.write_text("body::after { content: 'RAHASIA' }")
    markup = (
        f'<link rel="stylesheet" href="file://{secret}"><style>@import url(file://{secret});'
        "body { background: url(http://127.0.0.1:9/a.png) }</style>"
        f'<img src="http://127.0.0.1:9/a.png" alt="a"><img src="file://{secret}" alt="b"><p>isi</p>'
        f'<a rel="attachment" href="file://{secret}">c</a>'
    )
    with caplog.at_level(logging.CRITICAL, logger="weasyprint"):
        content = to_pdf(PAGE + markup)
    assert "isi" in text_of(content)
    assert "RAHASIA" not in text_of(content)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert not pdf.attachments


def test_typed_addresses_and_control_characters_are_harmless(people: factories.Staff) -> None:
    typed = (
        'awal <img src="http://127.0.0.1:9/a.png"> <img src="file:///etc/hostname">\x00\x07\x1b[0m '
        "</p></body></html> {{ office.name }} مرحبا 😀 akhir"
    )
    if_stored = scenes.submitted(code="2222-2222", secret="x", material=typed.replace("\x00", ""))
    if_stored.material = typed
    text = text_of(render(KINDS["surat-permohonan"], if_stored))
    assert '<img src="file:///etc/hostname">' in text
    assert "{{ office.name }}" in text
    assert "akhir" in text
    assert "\x07" not in text


@pytest.mark.parametrize(
    "body",
    [
        "konsultasi desa " * (LONGEST // 8),
        "<p>satu</p>" * 6_000,
        "x" * 20_000,
    ],
    ids=["a megabyte", "thousands of lines", "one endless word"],
)
def test_what_is_too_long_to_print_is_refused_at_once_with_a_sentence(body: str) -> None:
    with pytest.raises(TooLong, match="Isi dokumen ini"):
        to_pdf(PAGE + body)


def test_a_long_report_breaks_well_over_its_pages(people: factories.Staff) -> None:
    paragraph = "Petugas menjelaskan tata cara pengusulan, verifikasi, dan penetapan data keluarga. " * 8
    report = {
        **scenes.REPORT,
        "activities": "\n\n".join([paragraph] * 12),
        "recommendations": "\n".join(f"Butir rekomendasi nomor {n}." for n in range(1, 21)),
    }
    content = render(KINDS["laporan"], scenes.closed(people, report))
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    assert len(pages) >= 5
    assert f"Halaman {len(pages)} dari {len(pages)}" in pages[-1]
    assert "Butir rekomendasi nomor 20." in " ".join(pages)
    assert "Plt. Kepala Dinas Contoh," in pages[-1]
    assert "NIP. 19700101 199501 2 001" in pages[-1]
