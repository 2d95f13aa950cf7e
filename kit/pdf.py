"""Conversion of HTML to PDF with WeasyPrint."""

import base64
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _

MAX_TEXT_BYTES = 400_000
"""Bytes of text (UTF-8) in one document: about 150 full pages, three seconds of work."""

MAX_TAGS = 10_000
"""Tags in one document: about 4,000 short lines, five seconds of work."""

MAX_WORD_LENGTH = 1_000
"""Characters without a break opportunity. Line breaking takes quadratic time in the length of a word."""

CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters without line feed and tab, bidirectional overrides and non-characters.

PDF readers may fail on them. Overrides would show characters in another order than typed; right-to-left
scripts need none.
"""

LINE_SEPARATORS = re.compile("[\u2028\u2029]")
"""Unicode line and paragraph separators. WeasyPrint 70 fails on U+2029 after a space."""

NO_GLYPH = "□"
"""Printed for a character that no installed font has."""


class TooLong(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A text is too long for a document. The message is a sentence for the user."""


@dataclass(frozen=True)
class EmbeddedFile:
    """A file to embed in a PDF; `moment` (aware) is its creation and modification time."""

    name: str
    content: bytes
    description: str
    media_type: str
    moment: dt.datetime


def render_pdf(
    html: str,
    *,
    styles: str = "",
    archival: bool = False,
    files: Sequence[EmbeddedFile] = (),
    max_bytes: int = MAX_TEXT_BYTES,
    max_tags: int = MAX_TAGS,
) -> bytes:
    """Render a complete HTML page as a tagged PDF with embedded, subset fonts.

    The result is PDF/UA-1 (ISO 14289-1, accessible). With `archival` it is also PDF/A-3a (ISO 19005-3) and
    contains `files` as associated files. Only `data:` URLs are fetched. The same HTML gives the same bytes
    on machines with the same Pango and fonts. The page's own rules win over `styles` (CSS). NO_GLYPH replaces
    characters that no font has, because PDF/A forbids missing glyphs. Raise TooLong beyond `max_bytes` of
    text, `max_tags` or MAX_WORD_LENGTH.
    """
    # WeasyPrint is loaded here because it takes a second and 40 MB.
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    def write(html: str) -> tuple[bytes, set[str]]:
        missing: set[str] = set()

        def finish(document: Any, pdf: Any) -> None:
            missing.update(chr(code) for font in document.fonts.values() for code in font.missing)
            complete_structure(pdf)

        content = HTML(string=html, url_fetcher=data_url_fetcher()).write_pdf(
            # A font configuration shared by two threads corrupts memory.
            font_config=FontConfiguration(),
            stylesheets=[_parse_styles(styles)],
            pdf_variant="pdf/a-3a" if archival else "pdf/ua-1",
            attachments=[_attachment(file) for file in sorted(files, key=lambda file: file.name)],
            finisher=finish,
        )
        return content, missing

    check_size(html, max_bytes, max_tags)
    html = LINE_SEPARATORS.sub("\n", CONTROL_CHARACTERS.sub("", html))
    content, missing = write(html)
    if missing:
        # The missing glyph may be the capital of the typed character, or a part of it.
        typed = [
            character
            for character in set(html)
            if not missing.isdisjoint(
                {character, *character.upper(), *unicodedata.normalize("NFKD", character)}
            )
        ]
        content, _still_missing = write(html.translate(dict.fromkeys(map(ord, typed), NO_GLYPH)))
    return content


@lru_cache(maxsize=4)
def _parse_styles(styles: str) -> Any:
    """Return parsed CSS. Cached: parsing takes a quarter of the time that one page takes."""
    from weasyprint import CSS

    return CSS(string=styles, url_fetcher=data_url_fetcher())


def count_pages(content: bytes) -> int:
    """Return the number of pages of a PDF."""
    from pikepdf import open as open_pdf  # loaded here because web processes rarely need it

    with open_pdf(BytesIO(content)) as pdf:
        return len(pdf.pages)


def check_size(html: str, max_bytes: int = MAX_TEXT_BYTES, max_tags: int = MAX_TAGS) -> None:
    """Raise TooLong if rendering the page would take too long."""
    text = re.sub("<[^>]*>", " ", html)
    if len(text.encode(errors="replace")) > max_bytes or html.count("<") > max_tags:
        raise TooLong(_("Isi dokumen ini terlalu panjang untuk dicetak. Ringkas teksnya, lalu coba lagi."))
    # str.split() would also split at no-break spaces.
    if max(map(len, re.split("[ \t\r\n]+", text))) > MAX_WORD_LENGTH:
        raise TooLong(
            _("Isi dokumen ini memuat kata yang terlalu panjang. Pisahkan dengan spasi, lalu coba lagi.")
        )


def data_url_fetcher() -> Any:
    """Return a fetcher that allows only `data:` URLs."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=frozenset({"data"}))


def _attachment(file: EmbeddedFile) -> Any:
    """Return the file as an attachment of WeasyPrint, which takes the media type from a `data:` URL."""
    from weasyprint import Attachment

    moment = file.moment.astimezone(dt.UTC)  # WeasyPrint labels any time as UTC
    return Attachment(
        url=f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}",
        url_fetcher=data_url_fetcher(),
        name=file.name,
        description=file.description,
        created=moment,
        modified=moment,
        relationship="Data",
    )


PDFUA_IN_XMP = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF>"""
"""Declaration of PDF/UA-1 in XMP. PDF/A requires a description of each foreign schema."""


def complete_structure(pdf: Any) -> None:
    """Add to a pydyf.PDF the PDF/UA and PDF/A entries that WeasyPrint 70 leaves out."""
    import pydyf

    metadata = pdf.objects[_object_number(pdf.catalog["Metadata"])]
    if b"pdfuaid:part" not in metadata.stream[0]:
        metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", PDFUA_IN_XMP)
    if "AF" in pdf.catalog:  # WeasyPrint lists each file twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    cells: list[Any] = [thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("S") == "/TH"]
    for cell in cells:
        row = [pdf.objects[_object_number(kid)] for kid in pdf.objects[_object_number(cell["P"])]["K"]]
        cell["A"]["Scope"] = "/Row" if any(other["S"] == "/TD" for other in row) else "/Column"
    # ISO 32000-1, 14.7.2: the root lists elements that have identifiers, as header cells do.
    named = {cell["ID"].data: cell for cell in cells if "ID" in cell}
    if named:
        names = [part for name in sorted(named) for part in (named[name]["ID"], named[name].reference)]
        root = pdf.objects[_object_number(pdf.catalog["StructTreeRoot"])]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})


def _object_number(reference: bytes) -> int:
    """Return the object number of a PDF reference: 12 of `12 0 R`."""
    return int(reference.split()[0])


BULLET = re.compile(r"\A\s*(?:[-•*–]|\d{1,2}[.)]|[a-z][.)])\s+")
"""A mark or number before an item. It is removed because the document numbers the items."""


def split_bullets(text: str) -> list[str]:
    """Return the items of a text, one per line, without empty lines and typed marks."""
    return [BULLET.sub("", line, count=1).strip() for line in text.splitlines() if line.strip()]


PICTURE_WIDTH = 1_100
"""Pixels of a page that is shown as a picture: sharp on a telephone, and readable on a screen."""


def render_pages(content: bytes, *, max_pages: int) -> list[str]:
    """Return the first pages of a PDF that Rembuk made as `data:` URLs of PNG pictures."""
    import pypdfium2  # 4 MB that few processes need

    pictures = []
    with pypdfium2.PdfDocument(content) as pdf:
        for page in list(pdf)[:max_pages]:
            picture = page.render(scale=PICTURE_WIDTH / page.get_width(), grayscale=True).to_pil()
            stored = BytesIO()
            picture.quantize(16).save(stored, "PNG", optimize=True)
            pictures.append("data:image/png;base64," + base64.b64encode(stored.getvalue()).decode())
    return pictures
