"""From HTML to PDF: the one place that knows WeasyPrint."""

import base64
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

LONGEST = 400_000
"""Bytes of text (UTF-8) that are set as one paper: about 150 full pages, three seconds of work.

Bytes, because a letter of another script costs as much more work as it takes more of them.
"""

MOST_TAGS = 10_000
"""Tags in one paper. Each short line costs as much as a long one: about 4,000 lines, five seconds."""

LONGEST_WORD = 1_000
"""Characters without a place to break. The time to break a word grows with the square of its length."""

CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What no printed text holds, but the line feed and the tab. A PDF reader could stumble over it.

Nor what sets the direction of letters: a paper would show in another order what was typed. Right-to-left
scripts need none of it.
"""

LINE_SEPARATORS = re.compile("[\u2028\u2029]")
"""Line feeds in other clothes. After a space, WeasyPrint 70 stumbles over the second."""

NO_GLYPH = "□"
"""Stands on paper for a character that no font of this machine has."""


class TooLong(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A text is too long to be set as a paper. The message is a sentence for the user."""


@dataclass(frozen=True)
class Attached:
    """A file inside a paper, from which the paper was made. `moment` (aware) is when its content was so."""

    name: str
    content: bytes
    description: str
    media_type: str
    moment: dt.datetime


def to_pdf(
    html: str,
    *,
    archival: bool = False,
    attachments: Sequence[Attached] = (),
    longest: int = LONGEST,
    most_tags: int = MOST_TAGS,
) -> bytes:
    """Set a complete HTML page as a tagged PDF with embedded, subset fonts.

    What people read is PDF/UA-1 (ISO 14289-1, accessible). `archival` is for what is issued: PDF/A-3a
    (ISO 19005-3) and PDF/UA-1 at once, and each of `attachments` an associated file, source of its data.

    The page carries all it shows inside itself, pictures as `data:`. Nothing else is fetched, from no host
    and from no disk. The same HTML gives the same bytes on machines with the same Pango and fonts. A letter
    that Liberation Sans lacks is taken from another font of the machine; where none has it, NO_GLYPH stands
    in its place, because an archive refuses a paper that shows a glyph which is not there.

    Raises TooLong beyond `longest` (bytes of text), `most_tags` or LONGEST_WORD. A register, whose rows are
    many, is given more: 1,500 rows of ten cells are 33,000 tags; they take ten seconds and 470 MB.
    """
    # Loading WeasyPrint takes a second and 40 MB: only processes that make papers pay for it.
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    def write(html: str) -> tuple[bytes, set[str]]:
        missing: set[str] = set()

        def finish(document: Any, pdf: Any) -> None:
            missing.update(chr(code) for font in document.fonts.values() for code in font.missing)
            complete(pdf)

        content = HTML(string=html, url_fetcher=only_data()).write_pdf(
            # A font configuration that two threads share corrupts memory: one for each document.
            font_config=FontConfiguration(),
            pdf_variant="pdf/a-3a" if archival else "pdf/ua-1",
            attachments=[embedded(file) for file in sorted(attachments, key=lambda file: file.name)],
            finisher=finish,
        )
        return content, missing

    refuse_too_long(html, longest, most_tags)
    html = LINE_SEPARATORS.sub("\n", CONTROL_CHARACTERS.sub("", html))
    content, missing = write(html)
    if missing:
        # What is missing may be the capital of the letter that was typed, or a part of it.
        typed = [
            letter
            for letter in set(html)
            if not missing.isdisjoint({letter, *letter.upper(), *unicodedata.normalize("NFKD", letter)})
        ]
        content, _still_missing = write(html.translate(dict.fromkeys(map(ord, typed), NO_GLYPH)))
    return content


def refuse_too_long(html: str, longest: int = LONGEST, most_tags: int = MOST_TAGS) -> None:
    """Raise TooLong where setting the page would keep a worker busy for long."""
    text = re.sub("<[^>]*>", " ", html)
    if len(text.encode(errors="replace")) > longest or html.count("<") > most_tags:
        raise TooLong(_("Isi dokumen ini terlalu panjang untuk dicetak. Ringkas teksnya, lalu coba lagi."))
    # No str.split(): it parts at spaces that break no line, too.
    if max(map(len, re.split("[ \t\r\n]+", text))) > LONGEST_WORD:
        raise TooLong(
            _("Isi dokumen ini memuat kata yang terlalu panjang. Pisahkan dengan spasi, lalu coba lagi.")
        )


def only_data() -> Any:
    """What fetches `data:` and nothing else."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=frozenset({"data"}))


def embedded(file: Attached) -> Any:
    """The file as WeasyPrint takes it: by a `data:` address, which alone says its media type."""
    from weasyprint import Attachment

    moment = file.moment.astimezone(dt.UTC)  # WeasyPrint writes any time as one of UTC
    return Attachment(
        url=f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}",
        url_fetcher=only_data(),
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
"""The mark of PDF/UA-1 in the metadata of PDF/A, which asks that a foreign schema be described there too."""


def complete(pdf: Any) -> None:
    """Add what WeasyPrint 70 leaves out of a tagged or archival file (a pydyf.PDF)."""
    import pydyf

    metadata = pdf.objects[number_of(pdf.catalog["Metadata"])]
    if b"pdfuaid:part" not in metadata.stream[0]:
        metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", PDFUA_IN_XMP)
    if "AF" in pdf.catalog:  # each file stands there twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    cells: list[Any] = [thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("S") == "/TH"]
    for cell in cells:
        row = [pdf.objects[number_of(kid)] for kid in pdf.objects[number_of(cell["P"])]["K"]]
        cell["A"]["Scope"] = "/Row" if any(other["S"] == "/TD" for other in row) else "/Column"
    # ISO 32000-1, 14.7.2: where elements have identifiers (header cells do), the root lists them.
    named = {cell["ID"].data: cell for cell in cells if "ID" in cell}
    if named:
        names = [part for name in sorted(named) for part in (named[name]["ID"], named[name].reference)]
        root = pdf.objects[number_of(pdf.catalog["StructTreeRoot"])]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})


def number_of(reference: bytes) -> int:
    """The number of the object that a PDF reference (`12 0 R`) names."""
    return int(reference.split()[0])
