"""Hand-overs of documents, for the dispatch book.

Record who received a document (ekspedisi).

Form for the receiver of a document.
"""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.forms.step import LocalDateTimeField, OfficeForm, check_words
from kit import clock
from kit.refusal import Refused
from office import rights
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


class HandoverForm(OfficeForm):
    receiver = forms.CharField(
        label=_("Nama penerima"),
        max_length=150,
        validators=[check_words],
        help_text=_("Nama dan jabatan atau bagian, seperti yang ia tulis di buku ekspedisi."),
        error_messages={"required": _("Tulis nama penerima naskah ini.")},
    )
    received_at = LocalDateTimeField(label=_("Diterima pada"))
