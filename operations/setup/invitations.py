"""Invitations by mail and as printed slips, and the test of the mail server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kit import clock
from kit.pdf import render_pdf
from kit.urls import get_public_url
from notices.mail import NotSent, has_mail_server, is_address, send_text
from office.access.changes import Kind, Outcome
from office.access.invitations import Invitation, get_expiry, invite, list_without_password
from office.models import AccessChange, Office, User
from office.rights import StaffRequest
from office.signals import access_change_decided
from operations.setup.forms import MailTestForm
from operations.setup.models import MailTest
from operations.setup.views import for_administrators
from reports.documents.files import PrintedForm

SLIPS = PrintedForm("Undangan", "undangan")


@dataclass
class Sent:
    """What became of the mails: addresses that the server took, and names of people to be given a slip."""

    taken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    error: str = ""


def invite_by_mail(users: Iterable[User], *, by: User) -> Sent:
    """Invite people by mail. After the mail server failed once, the others are not tried.

    Raise PermissionDenied as `invite()` does.
    """
    sent = Sent()
    for user in users:
        if sent.error or not is_address(user.email):
            sent.failed.append(str(user))
            continue
        invitation = invite(user, by=by)
        with translation.override("id"):
            context = {
                "invitation": invitation,
                "office": Office.load(),
                "site": get_public_url("account_login"),
            }
            text = render_to_string("setup/invitation.txt", context)
        sent.error = _try_to_send(_("Undangan untuk Rembuk"), text, user.email)
        (sent.failed if sent.error else sent.taken).append(str(user) if sent.error else user.email)
    return sent


def print_slips(users: Sequence[User], *, by: User) -> bytes:
    """Invite people and return a PDF with a slip for each. Raise PermissionDenied as `invite()` does."""
    invitations: list[Invitation] = [invite(user, by=by) for user in users]
    return render_pdf(SLIPS.render_html(invitations=invitations, site=get_public_url("account_login")))


def send_test_mail(recipient: str) -> MailTest:
    """Send a mail and store whether the server took it."""
    text = _("Surel uji dari Rembuk. Bila Anda membacanya, surel kantor sudah berjalan.")
    error = _try_to_send(_("Surel uji dari Rembuk"), text, recipient)
    test, _made = MailTest.objects.update_or_create(
        pk=1, defaults={"recipient": recipient, "error": error[:250], "at": clock.now()}
    )
    return test


def _try_to_send(subject: str, text: str, recipient: str) -> str:
    """Send a mail. Return why it was not taken, as a sentence, or an empty string."""
    try:
        send_text(subject, text, recipient)
    except NotSent as error:
        return str(error)
    return ""


MAX_MAILS = 50
"""Mails of one request: the page waits for the mail server."""

MAX_SHOWN = 200


@for_administrators
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: StaffRequest) -> HttpResponse:
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


def _send(request: StaffRequest) -> HttpResponse:
    people = _list_chosen(request)
    if not people:
        messages.error(request, _("Pilih dahulu orangnya."))
        return redirect("invitations")
    sent = invite_by_mail(people[:MAX_MAILS], by=request.user)
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
def slips(request: StaffRequest) -> HttpResponse:
    """Return a PDF with a slip for each person who is chosen. Earlier invitations of them stop working."""
    people = _list_chosen(request)
    if not people:
        messages.error(request, _("Pilih dahulu orangnya."))
        return redirect("invitations")
    content = print_slips(people, by=request.user)
    headers = {"Content-Disposition": 'inline; filename="undangan.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _list_chosen(request: HttpRequest) -> list[User]:
    keys = [
        key for key in request.POST.getlist("user") if key.isascii() and key.isdecimal() and len(key) < 10
    ]
    return list(list_without_password().filter(pk__in=keys)[:MAX_SHOWN])


@for_administrators
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Send a test mail and say whether the server took it."""
    form = MailTestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis alamat surel yang sah untuk surel uji."))
        return redirect("setup_service")
    test = send_test_mail(form.cleaned_data["recipient"])
    if test.error:
        messages.error(request, _("Surel uji gagal: %(error)s") % {"error": test.error})
    else:
        messages.success(
            request,
            _("Server menerima surel uji untuk %(to)s. Periksa kotak masuknya.") % {"to": test.recipient},
        )
    return redirect("setup_service")


@receiver(access_change_decided)
def invite_after_reset(change: AccessChange, **more: Any) -> None:
    """Send the invitation after commit. Without an address or a mail server, a slip is printed instead.

    If staff log in at an identity provider, nobody can be invited, and nothing is sent.
    """
    if change.kind == Kind.PASSWORD and change.outcome == Outcome.CONFIRMED:
        by = change.decided_by or change.proposed_by
        transaction.on_commit(partial(_invite, change.user, by=by))


def _invite(user: User, *, by: User) -> None:
    invite_by_mail([*list_without_password().filter(pk=user.pk)], by=by)
