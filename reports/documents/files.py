"""Documents as HTML and PDF. A PDF is created once, after the issue, and stored with its hash."""

import hashlib
import json
import logging
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from PIL import Image

from kit.pdf import EmbeddedFile, count_pages, render_pdf
from office.models import Office
from office.words import get_words
from reports.documents.contexts.report import picture_url
from reports.documents.numbers import get_head_title
from reports.documents.types import TYPES_BY_KIND, get_source_row
from reports.models import Document
from reports.models.document import document_path

logger = logging.getLogger(__name__)

MAX_PIXELS = 600
"""Longer side of the coat of arms in pixels: 600 dpi at the size of the letterhead."""


def render_html(document: Document, *, attestation: str = "", is_compact: bool = False) -> str:
    """Render the document as one HTML page. The text is Indonesian in every language of the reader.

    `attestation` is the sentence about the electronic signature that will follow. `is_compact` sets the
    text more tightly.
    """
    document_type, row = TYPES_BY_KIND[document.kind], get_source_row(document)
    with translation.override("id"):
        office = Office.load()
        return render_to_string(
            document_type.template,
            {
                "document_type": document_type,
                "page_size": document_type.sheet.get_size(office.paper),
                "document": document,
                "case": document.case,
                "office": office,
                "word": get_words(),
                "coat_of_arms": coat_of_arms(office),
                "head_title": get_head_title,
                "created": document.issued_at.isoformat(timespec="seconds"),
                "attestation": attestation,
                "is_compact": is_compact,
                **document_type.get_context(document.case or row, row),
            },
        )


def coat_of_arms(office: Office) -> str:
    """Return the office's coat of arms (lambang daerah) as `data:` URL, or "" if it cannot be read."""
    if not office.coat_of_arms:
        return ""
    try:
        return picture_url(office.coat_of_arms, longest=MAX_PIXELS)
    except (OSError, Image.DecompressionBombError):
        return ""


NAME = "rekaman.json"


def embedded_data(document: Document) -> EmbeddedFile:
    """Return the data of a document as JSON with Indonesian names. What follows the head is printed on it."""
    with translation.override("id"):
        content = json.dumps(_data(document), ensure_ascii=False, indent=2).encode()
    description = "Rekaman naskah untuk dibaca mesin"
    return EmbeddedFile(NAME, content, description, "application/json", document.issued_at)


def _data(document: Document) -> dict[str, Any]:
    head: dict[str, Any] = {
        "jenis": document.get_kind_display(),
        "nomor": document.number,
        "versi": document.version,
        "menggantikan": _replaced(document.replaces),
        "penerbit": " ".join(document.issuer.splitlines()),
        "nama_penerbit": document.issued_by.name if document.issued_by else "",
        "diterbitkan": _issued_at(document),
        "verifikasi": document.verification_url,
    }
    row = get_source_row(document)
    return head | TYPES_BY_KIND[document.kind].get_data(document.case or row, row)


def _replaced(document: Document | None) -> dict[str, Any] | None:
    if document is None:
        return None
    return {"nomor": document.number, "versi": document.version, "diterbitkan": _issued_at(document)}


def _issued_at(document: Document) -> str:
    return timezone.localtime(document.issued_at).isoformat(timespec="seconds")


FILE_FIELDS = ("file", "size", "sha256", "signature", "signer")


ERASED = _("Berkas naskah ini sudah dimusnahkan sesuai jadwal retensi arsip atau atas permintaan pemohon.")


class DocumentUnavailable(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A document does not exist, or its file cannot be read. The message is a sentence for the user."""


@task()
def create_document_file(pk: str) -> str:
    """Create the file of an issued document and return its SHA-256."""
    return create_file(Document.objects.select_related("case", "issued_by", "replaces").get(pk=pk)).sha256


def create_file(document: Document) -> Document:
    """Create and store the file of an issued document unless it exists.

    Idempotent and safe to run concurrently. A letter without its number stays without a file, and so
    does an erased document. Raise TooLong
    if the document cannot be rendered.
    """
    if document.awaits_number or document.erased_at:
        return document
    return document if document.has_file else store_file_once(document, render_archival(document))


def render_archival(document: Document, *, attestation: str = "") -> bytes:
    """Render an issued document as archival PDF with its embedded data. Raise TooLong."""
    return _render(document, attestation=attestation, archival=True, files=[embedded_data(document)])


def _render(document: Document, *, attestation: str = "", **options: Any) -> bytes:
    """Render a document, more tightly if only then it fits on one page. `options` go to `render_pdf`."""
    document_type = TYPES_BY_KIND[document.kind]

    def render(*, is_compact: bool) -> bytes:
        html = render_html(document, attestation=attestation, is_compact=is_compact)
        return render_pdf(html, max_bytes=document_type.max_bytes, max_tags=document_type.max_tags, **options)

    content = render(is_compact=False)
    if document_type.is_one_page and count_pages(content) > 1:
        compact = render(is_compact=True)
        if count_pages(compact) == 1:
            return compact
    return content


def store_file(document: Document, content: bytes) -> None:
    """Store the file and set size and hash; the row is not saved."""
    document.file.save("naskah.pdf", ContentFile(content), save=False)
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()


def store_file_once(document: Document, content: bytes) -> Document:
    """Store the file and save its row, or take over the file that another process has stored."""
    with transaction.atomic():
        stored = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        if not (stored.has_file or stored.erased_at):
            # The row lock makes this the one writer, so an existing file is left from a crash.
            document.file.storage.delete(document_path(document, ""))
            store_file(document, content)
            document.save(update_fields=FILE_FIELDS)
            return document
    document.refresh_from_db(fields=FILE_FIELDS)
    return document


def read_document(document: Document) -> bytes:
    """Return the PDF: the stored file of an issued document, else a draft rendered now.

    Raise DocumentUnavailable if the stored file cannot be read or was changed, TooLong if the document
    cannot be rendered.
    """
    if document.is_draft:
        return _render(document)
    if document.erased_at:
        raise DocumentUnavailable(ERASED)
    document = create_file(document)
    try:
        with document.file.open() as file:
            content = file.read()
    except OSError as error:
        logger.exception("the file of document %s cannot be read", document.pk)
        raise DocumentUnavailable(
            _("Berkas naskah ini tidak dapat dibaca dari penyimpanan. Hubungi administrator.")
        ) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        logger.error("the file of document %s does not match its hash", document.pk)
        raise DocumentUnavailable(
            _("Berkas naskah ini tidak sama dengan yang diterbitkan. Hubungi administrator.")
        )
    return content
