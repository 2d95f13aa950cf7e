"""Issued papers: made once, kept with the hash of their bytes, shown ever after as they were."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import State
from reports.documents import KINDS, Kind, NotAvailable, render
from reports.models import Document

logger = logging.getLogger(__name__)


def freeze(case: Case) -> Document:
    """Make and keep the PDF of a closed case's report; the one that exists is never made again.

    May be called any number of times, also at once: exactly one document comes of it.
    Raises NotAvailable where the case is not closed, TooLong where the report cannot be set.
    """
    report = case.reports.filter(accepted_at__isnull=False).first() if case.state == State.CLOSED else None
    if not (report and report.number and report.accepted_at):
        raise NotAvailable(_("Laporan Hasil Konsultasi belum diterima oleh Kepala Dinas."))
    issued = Document.objects.filter(kind=Document.Kind.REPORT, number=report.number)
    if document := issued.first():
        return document
    content = render(KINDS["laporan"], case)
    document = Document(
        kind=Document.Kind.REPORT,
        case=case,
        number=report.number,
        issuer=report.accepted_title,
        issued_at=report.accepted_at,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    # The file first: a row without its file would be a document that was issued and is lost.
    document.file.save("laporan.pdf", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except DatabaseError as error:
        document.file.delete(save=False)
        if isinstance(error, IntegrityError) and (first := issued.first()):
            return first
        raise
    return document


def content_of(kind: Kind, case: Case, *, link: str = "") -> bytes:
    """The PDF to show: the frozen one where the paper was issued, else made from the record.

    Raises NotAvailable or TooLong.
    """
    if not (kind.issued_as and case.state == State.CLOSED):
        return render(kind, case, link=link)
    document = freeze(case)
    try:
        with document.file.open() as file:
            return file.read()
    except OSError as error:
        logger.exception("the file of document %s cannot be read", document.pk)
        raise NotAvailable(
            _("Berkas dokumen ini tidak dapat dibaca dari penyimpanan. Hubungi administrator.")
        ) from error
