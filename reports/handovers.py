"""Record who received a document (ekspedisi)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from kit.refusal import Refused
from office import clock, rights
from office.models import User
from reports.models import FOR_APPLICANT, Document, Handover

HIDDEN = _("Identitas pelapor tidak terbuka, jadi penerima naskah ini tidak dicatat di buku ekspedisi.")


def record_handover(document: Document, *, by: User, receiver: str, received_at: dt.datetime) -> Handover:
    """Record that `receiver` got the document at a moment (aware).

    Raise PermissionDenied if `by` does not keep the dispatch book. Raise Refused if the moment is before the
    issue or in the future, or if the document goes to a complainant with a hidden identity.
    """
    rights.KEEP_DISPATCH_BOOK.check(by)
    if document.kind in FOR_APPLICANT and document.case and document.case.identity != Identity.OPEN:
        raise Refused(HIDDEN, field="receiver")
    if received_at > clock.now():
        raise Refused(_("Waktu terima tidak boleh sesudah sekarang."), field="received_at")
    if received_at.replace(second=59) < document.issued_at:
        raise Refused(_("Waktu terima tidak boleh sebelum naskah diterbitkan."), field="received_at")
    title = rights.KEEP_DISPATCH_BOOK.get_title(by)
    return Handover.objects.create(
        document=document, receiver=receiver, received_at=received_at, by=by, title=title
    )
