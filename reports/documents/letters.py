"""Numbers of outgoing letters from the office's own register, and hand-overs of documents (ekspedisi)."""

import datetime as dt

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.parties import LINK_SHARERS, parties
from consultations.queries import of_visible_case
from kit import clock
from kit.forms import LocalDateTimeField, OfficeForm, check_words
from kit.refusal import Refused
from office import rights
from office.models import User
from reports.documents.files import create_document_file
from reports.models import FOR_APPLICANT, Document, Handover, ReportNumber

USED = _("Nomor ini sudah dipakai naskah lain. Periksa buku surat keluar.")


def list_unnumbered(user: User) -> QuerySet[Document]:
    """Return the letters in force that wait for their number and that the user may number."""
    waiting = Document.objects.awaiting_number().filter(of_visible_case(user))
    return waiting if rights.NUMBER_LETTERS.is_held_by(user) else waiting.none()


def enter_number(letter: Document, *, by: User, number: str) -> None:
    """Store the number of a letter. Its file follows after commit.

    Raise PermissionDenied if `by` enters no numbers. Raise Refused if the letter has its number or is not in
    force any more, and if another document has this number, or a report will have it.
    """
    if letter.case is None or not LINK_SHARERS & parties(by, letter.case).keys():
        raise PermissionDenied
    waiting = Document.objects.awaiting_number().filter(pk=letter.pk)
    others = Document.objects.exclude(pk=letter.pk).filter(number__iexact=number)
    # A report takes its reserved number later.
    if others.exists() or ReportNumber.objects.filter(number__iexact=number).exists():
        raise Refused(USED, field="number")
    try:
        with transaction.atomic():
            stored = waiting.update(number=number, numbered_by=by, numbered_at=clock.now())
            transaction.on_commit(lambda: create_document_file.enqueue(str(letter.pk)), robust=True)
    except IntegrityError:
        raise Refused(USED, field="number") from None
    if not stored:
        raise Refused(_("Surat ini sudah bernomor atau tidak berlaku lagi. Muat ulang daftar surat keluar."))


class LetterNumberForm(OfficeForm):
    number = forms.CharField(
        label=_("Nomor surat"),
        max_length=100,
        help_text=_(
            "Dari buku surat keluar atau SRIKANDI. Nomor tercetak pada surat dan tidak dapat diubah."
        ),
        error_messages={"required": _("Tulis nomor surat.")},
    )

    def clean_number(self) -> str:
        """Return the number with single spaces."""
        return " ".join(self.cleaned_data["number"].split())


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
