"""The outgoing letters that wait for a number of the office's register, and the page to enter one."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.pagination import only
from kit.refusal import Refused
from office.models import User
from office.unsent import keeps_unsent, take_unsent
from reports.forms.letter import LetterNumberForm
from reports.letters import REGISTRARS, enter_number, list_unnumbered

MAX_ROWS = 100
FIELDS = (
    "kind",
    "version",
    "issued_at",
    "issuer",
    "number",
    "case__code",
    "case__subject",
    "case__agenda__year",
    "case__agenda__number",
)


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """List the first MAX_ROWS letters without a number, the oldest first."""
    user = cast(User, request.user)
    if not REGISTRARS & user.roles:
        raise PermissionDenied
    rows = only(list_unnumbered(user), FIELDS).order_by("issued_at", "pk")[:MAX_ROWS]
    return render(request, "reports/letters.html", {"letters": rows})


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: str) -> HttpResponse:
    """Enter the number of a letter.

    404 if the letter does not wait for a number of this user, 409 if it was numbered meanwhile, 422 if the
    number is missing or used.
    """
    user = cast(User, request.user)
    found = get_object_or_404(list_unnumbered(user).select_related("case__agenda"), pk=pk)
    status = HTTPStatus.OK
    if request.method != "POST":
        unsent = take_unsent(request)
        form = LetterNumberForm(initial=LetterNumberForm(unsent).typed() if unsent else None)
    else:
        form, status = LetterNumberForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                enter_number(found, by=user, number=form.cleaned_data["number"])
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
                status = status if refusal.field else HTTPStatus.CONFLICT
            else:
                words = {"letter": found.get_kind_display(), "number": form.cleaned_data["number"]}
                messages.success(request, _("%(letter)s mendapat nomor %(number)s.") % words)
                return redirect("letters")
    return render(
        request, "reports/letter.html", {"letter": found, "case": found.case, "form": form}, status=status
    )
