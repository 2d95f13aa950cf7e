"""Complaints that were passed on to another institution: both clocks, and its receipt by a public page."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations.models import Case
from dispositions.models import Transfer
from dispositions.transfers import ReceiptForm, confirm_receipt
from kit import clock
from kit.form_view import handle_form
from kit.limits import Use, consume
from reports.models import Document


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
    letter = Document.objects.filter(kind=Document.Kind.TRANSFER, source_pk=transfer.pk).first()
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


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the other institution confirm a complaint's receipt with the link on the letter.

    The page shows the number and the day of the letter, but neither the complaint nor the complainant.
    429 after too many requests of one address.
    """
    transfer = get_object_or_404(Transfer.objects.select_related("case__agenda"), key=key)
    if not consume(request, Use("verify")):
        return render(request, "reports/receipt.html", {"is_limited": True}, status=429)
    letter = Document.objects.filter(kind=Document.Kind.TRANSFER, source_pk=transfer.pk).first()
    context = {"transfer": transfer, "letter": letter}
    if not transfer.case.receipt_awaited:
        return render(request, "reports/receipt.html", context)

    def act(**receipt: object) -> HttpResponse:
        confirm_receipt(transfer, **receipt)
        return redirect("confirm_receipt", key)

    return handle_form(request, ReceiptForm, act, "reports/receipt.html", context)
