"""People without a password: invite them by mail or with printed slips."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from notices.mail_config import has_mail_server, is_address
from office import clock
from office.invitations import get_expiry, list_without_password
from office.models import Office, User
from setup.services.invitations import invite_by_mail, print_slips
from setup.views.page import for_administrators

MAX_MAILS = 50
"""Mails of one request: the page waits for the mail server."""

MAX_SHOWN = 200


@for_administrators
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """List the people without a password. POST sends invitations to those who are chosen."""
    if request.method == "POST":
        return _send(request)
    people = list(list_without_password()[:MAX_SHOWN])
    rows = [
        (user, user.invited_at and get_expiry(user), is_address(user.email), clock.now() < get_expiry(user))
        for user in people
    ]
    context = {"rows": rows, "has_mail": has_mail_server(), "is_open": Office.load().is_open}
    return render(request, "setup/undangan.html", context)


def _send(request: HttpRequest) -> HttpResponse:
    people = _list_chosen(request)
    if not people:
        messages.error(request, _("Pilih dahulu orangnya."))
        return redirect("invitations")
    sent = invite_by_mail(people[:MAX_MAILS], by=cast(User, request.user))
    if sent.taken:
        messages.success(request, _("%(n)s undangan terkirim lewat surel.") % {"n": len(sent.taken)})
    if sent.error:
        messages.error(request, sent.error)
    if sent.failed:
        names = ", ".join(sent.failed)
        messages.warning(request, _("Belum terkirim, cetak slipnya: %(names)s.") % {"names": names})
    if len(people) > MAX_MAILS:
        messages.warning(request, _("Sisanya belum dikirim. Kirim lagi untuk orang berikutnya."))
    return redirect("invitations")


@for_administrators
@reauthentication_required
@require_POST
def slips(request: HttpRequest) -> HttpResponse:
    """Return a PDF with a slip for each person who is chosen. Earlier invitations of them stop working."""
    people = _list_chosen(request)
    if not people:
        messages.error(request, _("Pilih dahulu orangnya."))
        return redirect("invitations")
    content = print_slips(people, by=cast(User, request.user))
    headers = {"Content-Disposition": 'inline; filename="undangan.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _list_chosen(request: HttpRequest) -> list[User]:
    keys = [
        key for key in request.POST.getlist("user") if key.isascii() and key.isdecimal() and len(key) < 10
    ]
    return list(list_without_password().filter(pk__in=keys)[:MAX_SHOWN])
