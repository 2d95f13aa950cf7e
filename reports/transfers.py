"""The clocks of complaints that were passed on to another institution."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from consultations.models import Case
from dispositions.models import Transfer
from documents.models import Document
from kit import clock


@dataclass(frozen=True)
class TransferStatus:
    """A transfer with its clocks in calendar days. `sent_on` is None until the letter is signed.

    `days_here` count from the submission until the letter was signed, `days_there` from then until the other
    institution confirmed the receipt. Both run until today if that has not happened.
    """

    transfer: Transfer
    sent_on: dt.date | None
    days_here: int
    days_there: int


def get_transfer_status(case: Case) -> TransferStatus | None:
    """Return how a complaint was passed on, or None if it was not."""
    if not case.passed_to:
        return None
    transfer, today = Transfer.objects.get(case=case), clock.today()
    letter = Document.objects.get_of_source(Document.Kind.TRANSFER, transfer.pk)
    sent_on = transfer.received_on
    if letter and not letter.is_unsigned:
        signed_on = timezone.localdate(letter.signed_at or letter.issued_at)
        sent_on = min(signed_on, transfer.received_on or signed_on)  # it may be signed after a call
    received = timezone.localdate(case.submitted_at)
    return TransferStatus(
        transfer,
        sent_on,
        days_here=((sent_on or today) - received).days,
        days_there=((transfer.received_on or today) - sent_on).days if sent_on else 0,
    )
