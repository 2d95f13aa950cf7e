"""Issuing papers: a row in the step's transaction, the bytes after commit, once; then kept for good."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock
from reports.documents import KIND_OF, Kind
from reports.facts.record import Record
from reports.models import Document, Register
from reports.rendering import to_pdf
from reports.setting import to_html

logger = logging.getLogger(__name__)


class NotAvailable(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """A paper does not exist, not yet, or cannot be read. The message is a sentence for the user."""


def drafted(kind: Kind, source: Case | Register, record: Record) -> Document:
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


def numbered(kind: Kind, source: Case | Register, record: Record) -> Document:
    """The paper of a record as it will be issued: with number, version and what it replaces; not saved."""
    document = drafted(kind, source, record)
    document.is_draft = False
    document.number = kind.number(source, record.row)
    document.replaces = _before(document, source)
    document.version = document.replaces.version + 1 if document.replaces else 1
    return document


def _before(document: Document, source: Case | Register) -> Document | None:
    """The last version of the same paper: of this case, or of this period."""
    same = Document.objects.filter(kind=document.kind)
    if isinstance(source, Register):
        period = Register.objects.filter(
            kind=source.kind, since=source.since, until=source.until, division=source.division
        )
        same = same.filter(record__in=period.values("pk"))
    else:
        same = same.filter(case=source)
    return same.order_by("-version").first()


def issue(kind: Kind, source: Case | Register) -> Document | None:
    """Issue the paper of the newest record; None where there is none, or none that is final.

    The paper that exists is never issued again. Its bytes are made after commit, by a task.
    """
    record = kind.record(source)
    if record is None or not record.is_final:
        return None
    of_record = Document.objects.filter(kind=kind.of, record=record.row.pk)
    if issued := of_record.first():
        return issued
    try:
        with transaction.atomic():
            document = numbered(kind, source, record)
            document.save(force_insert=True)
    except IntegrityError:
        # Somebody else has just issued it; anything else is a fault.
        return of_record.get()
    transaction.on_commit(lambda: _make_later(document))
    return document


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
    if document.is_made:
        return document
    return keep(document, archived(document))


def archived(document: Document, row: Model | None = None, *, attestation: str = "") -> bytes:
    """The bytes of an issued paper, as an archive keeps them. Raises TooLong.

    `row` is its record where that is not stored yet, `attestation` the sentence of who is about to sign it.
    """
    html = to_html(document, row, attestation=attestation)
    return to_pdf(html, archival=True, **KIND_OF[document.kind].limits)


def store(document: Document, content: bytes) -> None:
    """Write the bytes to where papers lie; the row is not saved."""
    document.file.save("naskah.pdf", ContentFile(content), save=False)
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()


def keep(document: Document, content: bytes) -> Document:
    """Keep the bytes of an issued paper with their hash, unless somebody else was faster."""
    store(document, content)
    columns = {name: getattr(document, name) for name in ("file", "size", "sha256", "signature", "signer")}
    try:
        kept = Document.objects.filter(pk=document.pk, sha256="").update(**columns)
    except Exception:
        document.file.delete(save=False)
        raise
    if not kept:
        document.file.delete(save=False)
        document.refresh_from_db()
    return document


def paper_of(kind: Kind, source: Case | Register) -> Document:
    """The paper to show: the one that was issued, else a draft. Raises NotAvailable where there is none."""
    if issued := issue(kind, source):
        return issued
    if record := kind.record(source):
        return drafted(kind, source, record)
    raise NotAvailable(kind.missing)


def content_of(document: Document, row: Model | None = None) -> bytes:
    """The PDF of a paper: the kept one where it was issued, else made from the record as a draft.

    Raises NotAvailable where the kept file cannot be read, TooLong where the paper cannot be set.
    """
    if document.is_draft:
        return to_pdf(to_html(document, row), **KIND_OF[document.kind].limits)
    document = make(document)
    try:
        with document.file.open() as file:
            return file.read()
    except OSError as error:
        logger.exception("the file of document %s cannot be read", document.pk)
        raise NotAvailable(
            _("Berkas naskah ini tidak dapat dibaca dari penyimpanan. Hubungi administrator.")
        ) from error
