"""HTML and words of the documents of a case."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from consultations.models import Case
from documents.files import render_archival, render_html, store_file, store_file_once
from documents.issuing import get_document
from documents.life import announce
from documents.models import Document
from documents.models.document import UNSIGNED
from documents.numbering import number_letter
from documents.types import TYPES_BY_KIND, TYPES_BY_SLUG
from kit import clock
from kit.records import leave_entry
from tests.factories import Staff


def issued(case: Case, kind: Document.Kind) -> Document:
    """Return the document of a kind that is in force."""
    return Document.objects.in_force().get(case=case, kind=kind)


def html_of(slug: str, case: Case) -> str:
    """Return the newest document of a type, as issued or as a draft."""
    return render_html(get_document(TYPES_BY_SLUG[slug], case))


def words_of(slug: str, case: Case) -> str:
    """Return its words, without tags and style."""
    return words_in(html_of(slug, case))


def words_in(html: str) -> str:
    """Return the words of a page with single spaces, without titles of pictures."""
    body = re.sub("<title>.*?</title>", " ", html[html.index("<body") :].replace("&nbsp;", " "))
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def of(document: Document) -> str:
    """Return the words of one version of a document."""
    assert TYPES_BY_KIND[document.kind]
    return words_in(render_html(document))


def store_short_file(document: Document) -> Document:
    """Store a few bytes in place of a rendered PDF, or of the scan of a signed letter."""
    content = f"%PDF-1.7 {document.pk}".encode()
    if not document.is_unsigned:
        return store_file_once(document, content)
    document.state, document.turn = Document.State.SENT, ""
    document.number = document.number or f"400.9/{document.pk}"
    document.signed_by, document.signed_title = document.issued_by or document.drafted_by, document.issuer
    document.signed_at, document.way = clock.now(), Document.Way.HAND
    store_file(document, content)
    signed = ("signed_by", "signed_title", "signed_at", "way", "file", "filed_at", "size", "sha256")
    document.save(update_fields=["state", "turn", "number", *signed])
    announce(document.case)
    leave_entry(document)
    return document


class Signed:
    """Whether the file of a signed paper is what was printed, or a few bytes: printing takes long."""

    is_printed = False


@contextmanager
def printed_papers() -> Iterator[None]:
    """Print the papers that are signed in the block."""
    Signed.is_printed = True
    try:
        yield
    finally:
        Signed.is_printed = False


def sign_papers(case: Case, staff: Staff, **which: Any) -> None:
    """Issue the papers of a case that wait as if signed by hand."""
    waiting = Document.objects.in_force().filter(case=case, state__in=UNSIGNED, **which).order_by("issued_at")
    for document in waiting:
        if not document.number:
            number_letter(document)
        document.signed_by, document.signed_title = document.issued_by, document.issuer
        document.signed_at, document.way = clock.now(), Document.Way.HAND
        document.is_being_signed = True
        printed = render_archival(document) if Signed.is_printed else f"%PDF-1.7 {document.pk}".encode()
        store_file(document, printed)
        document.state, document.turn = Document.State.SENT, ""
        document.save()
        leave_entry(document)
