"""Documents as HTML and PDF, created once after the issue and stored with their hash; and printed forms.

Printed forms have the look of the documents, but are neither issued nor stored.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from consultations.models import Case
from consultations.scheduling.models import Session
from dispositions.models import Meeting
from documents.contexts.letters import meeting_sheet_context, sheet_context
from documents.letter_fields import Letter, get_values, list_addressees, read_default_text
from documents.letter_text import fill, fill_line, split_subject
from documents.models import Document
from documents.models.document import document_path
from documents.numbers import find_order, get_head_title
from documents.types import TYPES_BY_KIND, DocumentType, Sheet, get_source_row
from kit import clock
from kit.encryption import NotAsStored
from kit.pdf import EmbeddedFile, count_pages, render_pdf
from kit.records import leave_entry
from office.models import Office, StandardComponent, StandardPublication
from office.words import get_words

logger = logging.getLogger(__name__)

MAX_PIXELS = 600
"""Longer side of the coat of arms in pixels: 600 dpi at the size of the letterhead."""


def get_base_context(document_type: "DocumentType | PrintedForm", page_size: str = "") -> dict[str, Any]:
    """Return what `print/base.html` reads of any document: by default on a sheet of the office's paper."""
    office = Office.load()
    return {
        "document_type": document_type,
        "page_size": page_size or Sheet.WHOLE.get_size(office.paper),
        "office": office,
        "word": get_words(),
        "coat_of_arms": coat_of_arms(office),
        "head_title": get_head_title,
    }


def render_html(document: Document, *, attestation: str = "", is_compact: bool = False) -> str:
    """Render the document as one HTML page. The text is Indonesian in every language of the reader.

    `attestation` is the sentence about the electronic signature that will follow. `is_compact` sets the
    text more tightly.
    """
    document_type, row = TYPES_BY_KIND[document.kind], get_source_row(document)
    with translation.override("id"):
        said = document_type.get_letter and get_letter_context(document, document_type.get_letter)
        context = {
            **get_base_context(document_type, document_type.sheet.get_size(Office.load().paper)),
            "document": document,
            "case": document.case,
            "created": document.dated.isoformat(timespec="seconds"),
            "attestation": attestation,
            "is_compact": is_compact,
            "acting_order": get_acting_order(document),
            **(said or document_type.get_context(document.case or row, row)),
        }
        return render_to_string(document_type.template, context)


def get_letter_context(document: Document, get_letter: Callable[[Document, Any], Letter]) -> dict[str, Any]:
    """Return a letter as `print/surat.html` shows it: addressees, subject (Hal), and its text filled in."""
    document_type, case = TYPES_BY_KIND[document.kind], document.case
    letter = get_letter(document, get_source_row(document))
    values = get_values(document, letter, shows_applicant=document_type.shows_applicant)
    text, speak = read_default_text(document.slug), case.wording.speak if case else str
    return {
        "title": letter.title or speak(document_type.title),
        "subject": fill_line(split_subject(text)[0], values, speak),
        "body": fill(text, values, speak),
        "to": letter.to or (list_addressees(case) if case else []),
        "is_list": len(letter.to) > 1,
        "place": letter.place or (case.address if case and not letter.to else ""),
        "copies": letter.copies,
        "attachments": letter.attachments,
    }


def print_html(html: str, **options: Any) -> bytes:
    """Render a page of `print/base.html` with the rules of all of them. `options` go to `render_pdf`."""
    return render_pdf(html, styles=render_to_string("print/print.css"), **options)


def get_acting_order(document: Document) -> str:
    """Return the order of an acting signer, or an empty string. Who signs a.n. has the second line."""
    title, day = document.signatory_title.splitlines()[-1:], timezone.localdate(document.dated)
    return find_order(document.signatory.pk if document.signatory else None, "".join(title), day)


def coat_of_arms(office: Office) -> str:
    """Return the office's coat of arms (lambang daerah) as `data:` URL, or "" if it cannot be read."""
    if not office.coat_of_arms:
        return ""
    try:
        return picture_url(office.coat_of_arms, longest=MAX_PIXELS)
    except (OSError, Image.DecompressionBombError):
        return ""


def picture_url(file: Any, *, longest: int) -> str:
    """Return an image file, upright and with at most `longest` pixels on its longer side.

    A JPEG stays one. Raise OSError if the file cannot be read.
    """
    with file.open() as content, Image.open(content) as image:
        kind, mode = ("JPEG", "RGB") if image.format == "JPEG" else ("PNG", "RGBA")
        image.thumbnail((longest, longest))
        # PDF/A forbids CMYK beside an sRGB output intent.
        upright = ImageOps.exif_transpose(image).convert(mode)
    small = BytesIO()
    upright.save(small, kind, quality=80)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(small.getvalue()).decode()}"


NAME = "rekaman.json"


def embedded_data(document: Document) -> EmbeddedFile:
    """Return the data of a document as JSON with Indonesian names. What follows the head is printed on it."""
    with translation.override("id"):
        content = json.dumps(_data(document), ensure_ascii=False, indent=2).encode()
    description = "Rekaman naskah untuk dibaca mesin"
    return EmbeddedFile(NAME, content, description, "application/json", document.dated)


def _data(document: Document) -> dict[str, Any]:
    before, row = document.replaces, get_source_row(document)
    head: dict[str, Any] = {
        "jenis": document.get_kind_display(),
        "nomor": document.number,
        "versi": document.version,
        "menggantikan": before
        and {"nomor": before.number, "versi": before.version, "diterbitkan": _issued_at(before)},
        "penerbit": " ".join(document.signatory_title.splitlines()),
        "nama_penerbit": document.signatory.name if document.signatory else "",
        "diterbitkan": _issued_at(document),
        "verifikasi": document.verification_url,
    }
    return head | TYPES_BY_KIND[document.kind].get_data(document.case or row, row)


def _issued_at(document: Document) -> str:
    return timezone.localtime(document.dated).isoformat(timespec="seconds")


FILE_FIELDS = ("file", "filed_at", "size", "sha256", "signature", "signer")
ERASED = _("Berkas naskah ini sudah dimusnahkan sesuai jadwal retensi arsip atau atas permintaan pemohon.")


class DocumentUnavailable(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A document does not exist, or its file cannot be read. The message is a sentence for the user."""


@task()
def create_document_file(pk: str) -> str:
    """Create the file of an issued document and return its SHA-256."""
    return create_file(
        Document.objects.select_related("case", "issued_by", "signed_by", "replaces").get(pk=pk)
    ).sha256


def create_file(document: Document) -> Document:
    """Create and store the file of an issued document unless it exists.

    Idempotent and safe to run concurrently. A paper without its signature or number stays without a file,
    and so does an erased document. Raise TooLong if the document cannot be rendered.
    """
    if document.is_draft or document.erased_at or document.has_file:
        return document
    return store_file_once(document, render_archival(document))


def render_archival(document: Document, *, attestation: str = "") -> bytes:
    """Render an issued document as archival PDF with its embedded data. Raise TooLong."""
    return _render(document, attestation=attestation, archival=True, files=[embedded_data(document)])


def _render(document: Document, *, attestation: str = "", **options: Any) -> bytes:
    """Render a document, more tightly if only then it fits on its best number of pages.

    `options` go to `print_html`.
    """
    document_type = TYPES_BY_KIND[document.kind]

    def render(*, is_compact: bool) -> bytes:
        html = render_html(document, attestation=attestation, is_compact=is_compact)
        return print_html(html, max_bytes=document_type.max_bytes, max_tags=document_type.max_tags, **options)

    content = render(is_compact=False)
    if 0 < document_type.best_pages < count_pages(content):
        compact = render(is_compact=True)
        if count_pages(compact) <= document_type.best_pages:
            return compact
    return content


def store_file(document: Document, content: bytes) -> None:
    """Store the file and set its time, size and hash; the row is not saved."""
    document.file.save("naskah.pdf", ContentFile(content), save=False)
    document.filed_at = clock.now()
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()


@contextmanager
def file_deleted_unless_saved(document: Document, name: str = "file") -> Iterator[None]:
    """Delete the file in a field of the document if the block fails and its row does not name the file."""
    try:
        yield
    except BaseException:
        # An error after the commit (a lost connection, say) must not delete the file of a saved document.
        file = getattr(document, name)
        if file and not Document.objects.filter(pk=document.pk, **{name: file.name}).exists():
            file.delete(save=False)
        raise


def store_file_once(document: Document, content: bytes) -> Document:
    """Store the file and save its row, or take over the file that another process has stored."""
    with transaction.atomic():
        stored = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        if not (stored.has_file or stored.erased_at):
            # The row lock makes this the one writer, so an existing file is left from a crash.
            document.file.storage.delete(document_path(document, ""))
            store_file(document, content)
            document.save(update_fields=FILE_FIELDS)
            leave_entry(document)
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
    return _read(document, document.file)


def read_original(document: Document) -> bytes:
    """Return what was printed to be signed by hand. Raise DocumentUnavailable as `read_document()` does."""
    if document.erased_at:
        raise DocumentUnavailable(ERASED)
    return _read(document, document.original)


def _read(document: Document, stored: FieldFile) -> bytes:
    try:
        with stored.open() as file:
            content: bytes = file.read()
            return content
    except NotAsStored as error:
        raise DocumentUnavailable(
            _("Berkas naskah ini tidak sama dengan yang diterbitkan. Hubungi administrator.")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: there is none
        logger.exception("the file of document %s cannot be read", document.pk)
        raise DocumentUnavailable(
            _("Berkas naskah ini tidak dapat dibaca dari penyimpanan. Hubungi administrator.")
        ) from error


@dataclass(frozen=True)
class PrintedForm:
    """A form made from `templates/print/<slug>.html`. `print/base.html` reads title and slug."""

    title: str
    slug: str
    page_size: str = ""

    def render_html(self, **context: Any) -> str:
        """Return the form as HTML. Its text is Indonesian."""
        created = clock.now().isoformat(timespec="seconds")
        own = {"document": None, "case": None, "created": created, **context}
        with translation.override("id"):
            return render_to_string(f"print/{self.slug}.html", get_base_context(self, self.page_size) | own)

    def render(self, **context: Any) -> bytes:
        """Return the form as PDF/UA. Raise TooLong as `render_pdf()` does."""
        return print_html(self.render_html(**context))


ATTENDANCE = PrintedForm("Daftar Hadir", "daftar-hadir")


def attendance_sheet(case: Case, session: Session) -> bytes:
    """Return the attendance list (Daftar Hadir) of a consultation, to be signed by hand."""
    return ATTENDANCE.render(case=case, **sheet_context(case, session))


def meeting_sheet(case: Case, meeting: Meeting) -> bytes:
    """Return the attendance list of a meeting (forum rapat)."""
    form = PrintedForm("Daftar Hadir", "daftar-hadir-rapat")
    return form.render(case=case, **meeting_sheet_context(case, meeting))


def published_standard() -> bytes:
    """Return the published standard with its components and the pledge (maklumat)."""
    components = list(StandardComponent.objects.all())
    form = PrintedForm("Standar Pelayanan", "standar-pelayanan")
    return form.render(publication=StandardPublication.load(), components=components)
