"""From HTML to PDF: what makes a file archival and accessible, the same on every run, readable for all."""

import datetime as dt
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from kit.pdf import MAX_TEXT_BYTES, NO_GLYPH, EmbeddedFile, TooLong, check_size, render_pdf
from tests.print.reading import damage, findings, fonts_of, glyphs_not_there, text_of

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
WIB = dt.timezone(dt.timedelta(hours=7))
STYLE = '<style>html { font-family: "Liberation Sans" } h1 { text-transform: uppercase }</style>'
HEAD = f'<html lang="id"><title>Uji & coba</title><meta name="author" content="Dinas Contoh">{STYLE}<body>'
TABLE = (
    '<table><tr><th scope="col">Nama</th><th scope="col">Hal</th></tr><tr><td>a</td><td>b</td></tr></table>'
)
PAGE = f"{HEAD}<h1>Judul</h1><p>isi</p>{TABLE}"
RECORD = EmbeddedFile(
    "rekaman.json",
    '{"hal": "uji ✓"}'.encode(),
    "Rekaman",
    "application/json",
    dt.datetime(2026, 11, 17, 15, 20, tzinfo=WIB),
)
NOTE = EmbeddedFile("catatan.txt", b"halo", "Catatan", "text/plain", dt.datetime(2026, 11, 17, tzinfo=dt.UTC))


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content))


def metadata_of(content: bytes) -> dict[str, Any]:
    with opened(content) as pdf, pdf.open_metadata() as metadata:
        names = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "dc:title")
        return {name: metadata[name] for name in names if name in metadata}


def test_drafts_are_accessible(tmp_path: Path) -> None:
    content = render_pdf(PAGE)
    assert metadata_of(content) == {"pdfuaid:part": "1", "dc:title": "Uji & coba"}
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""


def test_archival_files_are_accessible_too(tmp_path: Path) -> None:
    content = render_pdf(PAGE, archival=True, files=[RECORD, NOTE])
    archival = {"pdfaid:part": "3", "pdfaid:conformance": "A"}
    assert metadata_of(content) == {**archival, "pdfuaid:part": "1", "dc:title": "Uji & coba"}
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""
    with opened(content) as pdf:
        assert pdf.docinfo["/Title"] == "Uji & coba"
        assert pdf.Root.Lang == "id"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.MarkInfo.Marked
        assert all(page.Tabs == "/S" for page in pdf.pages)
        assert len(pdf.trailer.ID) == 2
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert b"sRGB" in intent.DestOutputProfile.read_bytes()
        xmp = pdf.Root.Metadata.read_bytes()
    # PDF/A knows no PDF/UA: its mark counts only where the file says what the mark means.
    assert xmp.count(b"<rdf:RDF") == 1
    assert b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>" in xmp


def test_attached_files_read_back(tmp_path: Path) -> None:
    content = render_pdf(PAGE, archival=True, files=[RECORD, NOTE])
    with opened(content) as pdf:
        assert list(pdf.attachments) == ["catatan.txt", "rekaman.json"], "the list of names is sorted"
        assert [str(file.UF) for file in pdf.Root.AF] == ["catatan.txt", "rekaman.json"], "each once"
        assert all(file.AFRelationship == "/Data" for file in pdf.Root.AF)
        assert all(file.F == file.UF for file in pdf.Root.AF)
        record = pdf.attachments["rekaman.json"]
        assert record.description == "Rekaman"
        kept = record.get_file()
        assert kept.read_bytes() == RECORD.content
        assert kept.mime_type == "application/json"
        assert kept.creation_date == kept.mod_date == RECORD.moment
        assert pdf.Root.Names.EmbeddedFiles.Names[1].EF.F.Subtype == "/text/plain"


def test_header_cells_have_scopes_and_are_listed_by_name(tmp_path: Path) -> None:
    rows = "".join(f'<tr><th scope="row">{fact}</th><td>b</td></tr>' for fact in ("Hal", "Lain"))
    content = render_pdf(f"{PAGE}<table>{rows}</table>")
    with opened(content) as pdf:
        named = pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)
        assert [str(cell.S) for cell in named.values()] == ["/TH"] * 4
        assert [bytes(cell.ID).decode() for cell in named.values()] == list(named)
        assert sorted(str(cell.A.Scope) for cell in named.values()) == ["/Column"] * 2 + ["/Row"] * 2
    assert findings(content, tmp_path) == []


PROGRAM = """
import os, sys
from tests.print.test_rendering import NOTE, PAGE, RECORD, render_pdf
sys.stdout.buffer.write(render_pdf(PAGE, archival=True, files=[NOTE, RECORD]))
sys.stdout.flush()
os._exit(0)
"""
"""Ends without tidying up: a thread of Pango that still looks for fonts would crash now and then."""


def test_two_processes_render_the_same_bytes() -> None:
    """With another hash seed and another time zone."""
    environment = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "America/Lima"}
    command = [sys.executable, "-c", PROGRAM]
    first = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout  # noqa: S603
    assert first == render_pdf(PAGE, archival=True, files=[RECORD, NOTE])
    assert first != render_pdf(PAGE, archival=True, files=[RECORD])


def test_a_register_may_be_longer_than_a_letter() -> None:
    rows = HEAD + "<table>" + "<tr><td>a</td><td>b</td></tr>" * 2_000
    with pytest.raises(TooLong):
        render_pdf(rows)
    check_size(rows, max_tags=13_000)
    with pytest.raises(TooLong):
        render_pdf(HEAD + "kata " * (MAX_TEXT_BYTES // 5), max_tags=13_000)
    assert render_pdf(PAGE, max_bytes=200, max_tags=40).startswith(b"%PDF")
    with pytest.raises(TooLong):
        render_pdf(PAGE, max_tags=10)


@pytest.mark.parametrize(
    "letter",
    ["\U000f0001", "\ue000", "\ufdd0"],
    ids=["a letter of nobody", "a private letter", "no letter at all"],
)
@pytest.mark.parametrize("tag", ["p", "h1"])
def test_a_letter_without_a_font_becomes_a_box(tmp_path: Path, letter: str, tag: str) -> None:
    content = render_pdf(f"{HEAD}<h1>Judul</h1><{tag}>satu {letter} dua</{tag}>", archival=True)
    assert f"satu {NO_GLYPH} dua" in text_of(content).lower()
    assert [error for error in findings(content, tmp_path) if error.startswith("TXT")] == []
    with opened(content) as pdf:
        fonts = list(fonts_of(pdf))
        assert [glyphs_not_there(font) for font in fonts] == [set()] * len(fonts)


def test_other_scripts_are_readable(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for typed, font in (
        ("مرحبا بالعالم", "DejaVu"),
        ("שלום עולם", "Liberation"),
        ("😀 ❤", "DejaVu"),
        ("Ĳ ﬁ Ω й", "Liberation"),
    ):
        with subtests.test(typed=typed, font=font):
            content = render_pdf(f"{HEAD}<h1>Judul</h1><p>awal {typed} akhir", archival=True)
            assert findings(content, tmp_path) == []
            text = text_of(content)
            assert NO_GLYPH not in text
            with opened(content) as pdf:
                fonts = list(fonts_of(pdf))
                assert any(font in str(used.FontDescriptor.FontName) for used in fonts)
                assert [glyphs_not_there(used) for used in fonts] == [set()] * len(fonts)


def test_letters_cannot_be_turned_around_and_any_end_of_a_line_is_set() -> None:
    """WeasyPrint alone stops at a space before U+2029."""
    assert "Rp 100 ribu" in text_of(render_pdf(HEAD + "<p>Rp \u202e100\u202c \u202dribu\u202c"))
    for separator in ("\u2028", "\u2029", "\r\n", "\x85", "\x0b", "\x0c"):
        text = text_of(render_pdf(f"{HEAD}<p>satu {separator}dua {separator} {separator}tiga"))
        assert text.split() == ["satu", "dua", "tiga"], repr(separator)
