"""Reading of PDFs: words, tags, fonts, attachments, findings of validators."""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from outloud import check
from pypdf import PdfReader


def text_of(content: bytes) -> str:
    """Return the words of all pages with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def fonts_of(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield the fonts of each page."""
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            yield from font.DescendantFonts


def glyphs_not_there(font: Any) -> set[int]:
    """Return the glyphs of a font that pages show but its embedded subset lacks; 0 is `.notdef`."""
    program = TTFont(BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
    shown: set[int] = set()
    widths = list(font.W)
    while widths:
        first, second = int(widths.pop(0)), widths.pop(0)
        if isinstance(second, pikepdf.Array):
            shown.update(range(first, first + len(second)))
        else:
            shown.update(range(first, int(second) + 1))
            widths.pop(0)
    return {glyph for glyph in shown if not 0 < glyph < program["maxp"].numGlyphs}


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Return the elements of the structure tree in reading order."""

    def below(element: Any) -> Iterator[Any]:
        for child in children(element):
            yield child
            yield from below(child)

    return list(below(pdf.Root.StructTreeRoot))


def children(element: Any) -> list[Any]:
    """Return the child elements, without marked content and references to annotations."""
    below = element.get("/K", [])
    listed = list(below) if isinstance(below, pikepdf.Array) else [below]
    return [child for child in listed if isinstance(child, pikepdf.Dictionary) and "/S" in child]


def findings(content: bytes, folder: Path) -> list[str]:
    """Return the PDF/UA-1 errors that outloud finds; none in an accessible document."""
    file = folder / "naskah.pdf"
    file.write_bytes(content)
    result = check(str(file))
    assert result.error is None, result.error
    return [f"{found.rule}: {found.message}" for found in result.findings if found.severity == "error"]


def damage(content: bytes, folder: Path) -> str:
    """Return the complaints of qpdf about the syntax of the file, or ""."""
    file = folder / "naskah.pdf"
    file.write_bytes(content)
    qpdf = shutil.which("qpdf")
    assert qpdf, "run bin/install test"
    done = subprocess.run([qpdf, "--check", str(file)], capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == 0 else done.stdout + done.stderr
