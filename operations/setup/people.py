"""People of the set-up: invitations, the test of the mail server, and the check by the head (ADR 47)."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations.audit.models import Act
from consultations.audit.services import record
from documents.files import PrintedForm
from kit import clock
from kit.pagination import parse_key
from kit.records import leave_entry
from kit.refusal import Refused
from kit.urls import get_public_url
from notices.mail import NotSent, has_mail_server, is_address, send_text
from office import rights
from office.access.changes import Kind, Outcome
from office.access.invitations import Invitation, get_expiry, invite, list_without_password
from office.models import AccessChange, Appointment, Office, StaffCheck, User
from office.rights import StaffRequest, requires
from office.signals import access_change_decided
from operations.setup.forms import MailTestForm
from operations.setup.models import MailTest
from operations.setup.views import for_administrators

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
    return SLIPS.render(invitations=invitations, site=get_public_url("account_login"))


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
    keys = filter(None, map(parse_key, request.POST.getlist("user")))
    return list(list_without_password().filter(pk__in=keys)[:MAX_SHOWN])


@for_administrators
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Send a test mail. Store and say whether the server took it."""
    form = MailTestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis alamat surel yang sah untuk surel uji."))
        return redirect("setup_service")
    recipient = form.cleaned_data["recipient"]
    text = _("Surel uji dari Rembuk. Bila Anda membacanya, surel kantor sudah berjalan.")
    error = _try_to_send(_("Surel uji dari Rembuk"), text, recipient)[:250]
    tested = {"recipient": recipient, "error": error, "at": clock.now()}
    MailTest.objects.update_or_create(pk=1, defaults=tested)
    if error:
        messages.error(request, _("Surel uji gagal: %(error)s") % {"error": error})
    else:
        done = _("Server menerima surel uji untuk %(to)s. Periksa kotak masuknya.") % {"to": recipient}
        messages.success(request, done)
    return redirect("setup_service")


@receiver(access_change_decided)
def invite_after_reset(change: AccessChange, **more: Any) -> None:
    """Send the invitation after commit. Without an address or a mail server, a slip is printed instead.

    If staff log in at an identity provider, nobody can be invited, and nothing is sent.
    """
    if change.kind == Kind.PASSWORD and change.outcome == Outcome.CONFIRMED:
        by = change.decided_by or change.proposed_by
        invited = list_without_password().filter(pk=change.user.pk)
        transaction.on_commit(partial(invite_by_mail, invited, by=by))


MAX_LISTED = 1000
"""Rows of the list, far more than an office has people."""


@dataclass(frozen=True)
class NamedPerson:
    """A row of the list: an appointment, or the task of an administrator if `appointment` is None.

    `named_by` proposed it, or named a stand-in during an absence. It is None if a command on the server named
    the person. `confirmed_by` is None if no second person confirmed it.
    """

    user: User
    appointment: Appointment | None
    named_by: User | None
    confirmed_by: User | None

    @property
    def ended_on(self) -> dt.date | None:
        """The last day of an appointment that is over."""
        last = self.appointment.last_day if self.appointment else None
        is_over = last and self.appointment and (self.appointment.ended_at or last < clock.today())
        return last if is_over else None

    @property
    def line(self) -> str:
        """The row as `StaffCheck` stores it, the same in each language."""
        held = self.appointment
        what = f"{held.title} ({held.position.role}), {held.starts}" if held else "administrator"
        return f"{self.user.username}: {what}"


def list_named() -> list[NamedPerson]:
    """Return the administrators and all appointments of today and later, without closed accounts.

    While the list waits, closed accounts and appointments that ended after the opening are among them: they
    could open cases.
    """
    office = Office.load()
    opened_at = office.opened_at if office.awaits_staff_check else None
    accounts = User.objects.all() if opened_at else User.objects.filter(is_active=True)
    named_by = {
        (one.user_id, one.position_id, one.starts): (one.proposed_by, one.decided_by)
        for one in _list_in_effect().select_related("proposed_by", "decided_by").order_by("pk")
    }
    administrators = accounts.filter(is_staff=True).order_by("name", "pk")
    rows = [
        NamedPerson(one, None, *named_by.get((one.pk, None, None), (None, None))) for one in administrators
    ]
    for one in _list_held(opened_at or clock.now()).filter(user__in=accounts):
        stand_in = getattr(one, "delegation", None)
        key = (one.user_id, one.position_id, one.starts)
        by = (stand_in.by, None) if stand_in else named_by.get(key, (None, None))
        rows.append(NamedPerson(one.user, one, *by))
    return rows[:MAX_LISTED]


def has_named(user: User) -> bool:
    """Return whether `user` named somebody without a second person."""
    return _list_in_effect().filter(proposed_by=user, decided_by=None).exists()


def _list_held(moment: dt.datetime) -> QuerySet[Appointment]:
    lasts = Q(ends=None) | Q(ends__gte=timezone.localdate(moment))
    not_ended = Q(ended_at=None) | Q(ended_at__gt=moment)
    held = Appointment.objects.filter(lasts, not_ended)
    more = ("user", "position__division", "delegation__by")
    return held.select_related(*more).order_by("user__name", "pk")


def _list_in_effect() -> QuerySet[AccessChange]:
    return AccessChange.objects.filter(kind__in=(Kind.APPOINT, Kind.GRANT_ADMIN), outcome=Outcome.CONFIRMED)


def describe(rows: Iterable[NamedPerson]) -> str:
    """Return the rows as text, a line for each."""
    return "\n".join(row.line for row in rows)


def hash_list(shown: str) -> str:
    """Return what the form of the head sends back, to tell a list that has changed meanwhile."""
    return hashlib.sha256(shown.encode()).hexdigest()


def confirm_staff(*, by: User, seen: str) -> None:
    """Store that the head has checked the list. A list that no longer waits stays as it is.

    `seen` is `hash_list()` of the list that was shown. Raise PermissionDenied if `by` is not the head. Raise
    Refused if `by` named somebody of the list, or if the list has changed since.
    """
    rights.CHECK_PEOPLE.check(by)
    with transaction.atomic():
        Office.lock()
        if has_named(by):
            raise Refused(_("Anda sendiri menunjuk sebagian orang ini. Orang lain yang memeriksanya."))
        shown = describe(list_named())
        if not Office.objects.filter(pk=1, awaits_staff_check=True).update(awaits_staff_check=False):
            return
        if hash_list(shown) != seen:
            raise Refused(_("Daftar ini berubah sejak Anda membukanya. Periksa sekali lagi."))
        leave_entry(Office.load())
        StaffCheck.objects.create(by=by, shown=shown)
        record(Act.SETTING, by=by, target=f"Daftar orang diperiksa: {len(shown.splitlines())} baris")


@requires(rights.CHECK_PEOPLE)
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_check(request: StaffRequest) -> HttpResponse:
    """Show the list to the head. POST confirms it."""
    if request.method == "POST":
        try:
            confirm_staff(by=request.user, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("staff_check")
        messages.success(request, _("Daftar orang sudah Anda periksa."))
        return redirect("desk")
    rows, check = list_named(), StaffCheck.objects.select_related("by").order_by("pk").last()
    known = check.shown.splitlines() if check else []
    context = {
        "rows": rows,
        "seen": hash_list(describe(rows)),
        "check": check,
        "added": [row for row in rows if check and row.line not in known],
        "waits": Office.load().awaits_staff_check,
        "named_some": has_named(request.user),
    }
    return render(request, "setup/daftar_orang.html", context)
