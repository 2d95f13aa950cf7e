"""Record who received a document (ekspedisi)."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.workflow import Refused
from office import clock
from office.models import User
from reports.models import FOR_APPLICANT, Document, Handover, Register
from reports.registers.printing import scopes

HIDDEN = _("Identitas pelapor tidak terbuka, jadi penerima naskah ini tidak dicatat di buku ekspedisi.")


def record_handover(document: Document, *, by: User, receiver: str, received_at: dt.datetime) -> Handover:
    """Record that `receiver` got the document at a moment (aware).

    Raise PermissionDenied if `by` does not keep the dispatch book. Raise Refused if the moment is before the
    issue or in the future, or if the document goes to a complainant with a hidden identity.
    """
    if not (mine := scopes(Register.Kind.EXPEDITION, by)):
        raise PermissionDenied
    if document.kind in FOR_APPLICANT and document.case and document.case.identity != Identity.OPEN:
        raise Refused(HIDDEN, field="receiver")
    if received_at > clock.now():
        raise Refused(_("Waktu terima tidak boleh sesudah sekarang."))
    if received_at.replace(second=59) < document.issued_at:
        raise Refused(_("Waktu terima tidak boleh sebelum naskah diterbitkan."))
    return Handover.objects.create(
        document=document, receiver=receiver, received_at=received_at, by=by, title=mine[0].title
    )
