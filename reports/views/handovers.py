"""Page on which the receiver of a document is recorded (ekspedisi)."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.queries import of_visible_case
from consultations.workflow import Refused
from office import clock
from office.models import User
from office.unsent import keeps_unsent, take_unsent
from reports.forms.handover import HandoverForm
from reports.handovers import record_handover
from reports.models import Document, Register
from reports.registers.printing import scopes


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show who received a document, and record one more receiver.

    404 if its case is not visible, 403 if the user does not keep the dispatch book. 409 if the moment is not
    possible, 422 if the form is not valid.
    """
    user = cast(User, request.user)
    visible = Document.objects.filter(of_visible_case(user)).select_related("case__agenda")
    found = get_object_or_404(visible, pk=pk)
    if not scopes(Register.Kind.EXPEDITION, user):
        raise PermissionDenied
    status = HTTPStatus.OK
    if request.method != "POST":
        unsent = take_unsent(request)
        typed = HandoverForm(unsent).typed() if unsent else {"received_at": clock.now()}
        form = HandoverForm(initial=typed)
    else:
        form, status = HandoverForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                record_handover(found, by=user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(refusal.field or "received_at", str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("Penerima dicatat di buku ekspedisi."))
                return redirect("handover", pk=pk)
    context = {
        "document": found,
        "case": found.case,
        "form": form,
        "handovers": found.handovers.order_by("pk"),
    }
    return render(request, "reports/handover.html", context, status=status)
