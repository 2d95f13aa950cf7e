"""Issuing papers: a row in the step's transaction, the bytes after commit, once; then kept for good."""

import hashlib
import logging
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock
from office.models import Office
from reports.documents import KIND_OF, Kind
from reports.enclosure import record_of
from reports.facts.record import Record
from reports.models import Document, Register
from reports.models.document import unguessable_path
from reports.numbers import LetterNumber
from reports.rendering import to_pdf
from reports.setting import to_html
from surveys.models import Publication

logger = logging.getLogger(__name__)

KEPT = ("file", "size", "sha256", "signature", "signer")
"""What is known of a paper once its bytes are kept."""

type Source = Case | Register | Publication
"""What papers are made from: a case, or one row for a period."""


class NotAvailable(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A paper does not exist, not yet, or cannot be read. The message is a sentence for the user."""


def drafted(kind: Kind, source: Source, record: Record) -> Document:
    """The paper of a record as a draft: not issued, without number, a row that is not saved."""
    document = Document(
        kind=kind.of,
        case=source if isinstance(source, Case) else None,
        record=record.row.pk or 0,
        issued_by=record.by,
        issuer=record.title,
        issued_at=record.at,
    )
    document.is_draft = True
    return document


def numbered(kind: Kind, source: Source, record: Record) -> Document:
    """The paper of a record as it will be issued: with number, version and what it replaces; not saved."""
    document = drafted(kind, source, record)
    document.is_draft = False
    document.number = kind.number(source, record.row)
    document.replaces = _before(document, source)
    document.version = document.replaces.version + 1 if document.replaces else 1
    return document


def _before(document: Document, source: Source) -> Document | None:
    """The last version of the same paper: of this case, or of this period."""
    same = Document.objects.filter(kind=document.kind)
    if isinstance(source, Case):
        same = same.filter(case=source)
    else:
        versions: QuerySet[Any] = source.same()
        same = same.filter(record__in=versions.values("pk"))
    return same.order_by("-version").first()


def issue(kind: Kind, source: Source) -> Document | None:
    """Issue the paper of the newest record; None where there is none, or none that is final.

    The paper that exists is never issued again. Its bytes are made after commit, by a task.
    """
    record = kind.record(source)
    if record is None or not record.is_final:
        return None
    if issued := _issued(kind, record):
        return issued
    with transaction.atomic():
        source = hold(source)
        record = kind.record(source)
        if record is None or not record.is_final:
            return None
        if issued := _issued(kind, record):
            return issued
        document = numbered(kind, source, record)
        document.save(force_insert=True)
        # Robust: the paper is issued by now, and who opens it makes the bytes where no task does.
        transaction.on_commit(lambda: _make_later(document), robust=True)
    return document


def _issued(kind: Kind, record: Record) -> Document | None:
    return Document.objects.filter(kind=kind.of, record=record.row.pk).first()


def hold(source: Source) -> Source:
    """What papers are issued of, as it is now: whoever else issues one of it waits for this transaction.

    So each version names the one before. Papers of a period are of rows of their own; they wait in one line.
    """
    if isinstance(source, Case):
        return Case.objects.select_for_update(no_key=True).get(pk=source.pk)
    list(Office.objects.select_for_update(no_key=True).values("pk"))
    return source


def _make_later(document: Document) -> None:
    from reports.tasks import make_document

    make_document.enqueue(str(document.pk))


def revoke(kind: Kind, case: Case, *, reason: str) -> None:
    """Take back the paper of this kind that is in force, if there is one; it stays on record."""
    in_force = Document.objects.in_force().filter(case=case, kind=kind.of)
    in_force.update(revoked_at=clock.now(), revoke_reason=reason)


def make(document: Document) -> Document:
    """Make and keep the bytes of an issued paper; those that exist are never made again.

    May be called any number of times, also at once. Raises TooLong where the paper cannot be set.
    """
    return document if document.is_made else keep(document, archived(document))


def archived(document: Document, row: Model | None = None, *, attestation: str = "") -> bytes:
    """The bytes of an issued paper, as an archive keeps them, with its record inside. Raises TooLong.

    `row` is its record where that is not stored yet, `attestation` the sentence of who is about to sign it.
    """
    kind = KIND_OF[document.kind]
    return to_pdf(
        to_html(document, row, attestation=attestation),
        archival=True,
        attachments=[record_of(document, row)],
        longest=kind.longest,
        most_tags=kind.most_tags,
    )


def store(document: Document, content: bytes) -> None:
    """Write the bytes to where papers lie; the row is not saved."""
    document.file.save("naskah.pdf", ContentFile(content), save=False)
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()


def keep(document: Document, content: bytes) -> Document:
    """Keep the bytes of an issued paper with their hash, unless somebody else was faster.

    Only who holds the row writes the file, so a file without its row is what a try left that died.
    """
    with transaction.atomic():
        if not Document.objects.select_for_update(no_key=True).get(pk=document.pk).is_made:
            document.file.storage.delete(unguessable_path(document, ""))
            store(document, content)
            document.save(update_fields=KEPT)
            return document
    document.refresh_from_db(fields=KEPT)
    return document


def paper_of(kind: Kind, source: Source) -> Document:
    """The paper to show: the one that was issued, else a draft. Raises NotAvailable where there is none.

    One that was left out is issued now, but for a letter: only its step takes a number for it.
    """
    record = kind.record(source)
    if record is None:
        raise NotAvailable(kind.missing)
    issued = _issued(kind, record)
    if issued is None and not isinstance(kind.number, LetterNumber):
        issued = issue(kind, source)
    return issued or drafted(kind, source, record)


def content_of(document: Document, row: Model | None = None) -> bytes:
    """The PDF of a paper: the kept one where it was issued, else made from the record as a draft.

    Raises NotAvailable where the kept file cannot be read or is another one, TooLong where the paper
    cannot be set.
    """
    if document.is_draft:
        kind = KIND_OF[document.kind]
        return to_pdf(to_html(document, row), longest=kind.longest, most_tags=kind.most_tags)
    document = make(document)
    try:
        with document.file.open() as file:
            content = file.read()
    except OSError as error:
        logger.exception("the file of document %s cannot be read", document.pk)
        raise NotAvailable(
            _("Berkas naskah ini tidak dapat dibaca dari penyimpanan. Hubungi administrator.")
        ) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        logger.error("the file of document %s is not the one that was kept", document.pk)
        raise NotAvailable(_("Berkas naskah ini tidak sama dengan yang diterbitkan. Hubungi administrator."))
    return content
