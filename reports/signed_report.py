"""The document of an accepted report, electronically signed if the office signs (`SIGNER`)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from consultations.models import Case
from kit.refusal import Refused
from office.models import User
from reports import signing
from reports.contexts.report import report_source
from reports.document_files import render_archival, store_file
from reports.documents import REPORT
from reports.issuing import get_latest, prepare_document
from reports.models import Document, Report
from reports.pdf import TooLong


@sensitive_variables("passphrase")
def prepare_report(case: Case, report: Report, *, by: User, passphrase: str) -> Document:
    """Return the document of a report that `by` is about to accept; if signed, with its file.

    The caller saves the document. Call this outside of transactions: signing may wait for other machines.
    Raise Refused if the signature fails.
    """
    latest = get_latest(REPORT, case) if case.first_closed_at else None
    document = prepare_document(REPORT, case, report_source(report), latest)
    adapter = signing.adapter()
    if adapter is None:
        return document
    try:
        unsigned = render_archival(document, attestation=adapter.attestation)
        with translation.override("id"):  # the reason becomes part of the document
            reason = _("Menerima %(paper)s nomor %(number)s") % {
                "paper": document.get_kind_display(),
                "number": document.number,
            }
        signature = adapter.sign(unsigned, by=by, title=document.issuer, reason=reason, passphrase=passphrase)
    except TooLong as sentence:
        raise Refused(str(sentence)) from sentence
    except signing.SigningFailed as sentence:
        raise Refused(str(sentence), field="passphrase") from None
    document.signature, document.signer = signature.adapter, signature.signer
    store_file(document, signature.content)
    return document


@contextmanager
def file_deleted_unless_saved(document: Document) -> Iterator[None]:
    """Delete the file of a prepared document if the block fails and its row was not saved."""
    try:
        yield
    except BaseException:
        # An error after the commit (a lost connection, say) must not delete the file of a saved document.
        if document.file and not Document.objects.filter(pk=document.pk).exists():
            document.file.delete(save=False)
        raise
