"""Letters that wait for a number.

Outgoing letters whose numbers come from the office's own register (buku surat keluar or SRIKANDI).

Form for the number of an outgoing letter.
"""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.parties import LINK_SHARERS, parties
from consultations.queries import of_visible_case
from kit import clock
from kit.forms import OfficeForm
from kit.refusal import Refused
from office import rights
from office.models import User
from reports.documents.files import create_document_file
from reports.models import Document, ReportNumber

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
