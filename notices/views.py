"""Messages to send by hand (`pesan/`), unread notices, lost links, push, reports of WhatsApp."""

import datetime as dt
import json
from hmac import compare_digest
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case, LinkAccess
from consultations.secret_link import behind_secret, log_access
from kit import clock, place
from kit.encryption import encrypt, make_legible
from kit.forms import PhoneField, line_field
from kit.limits import body_limit, count_try, may_try
from kit.refusal import Refused
from notices.models import Message, Notice
from notices.push import get_offer
from notices.queries import (
    by_urgency,
    get_send_limit,
    may_share_links,
    messages_in_reach,
    messages_to_handle,
    unread_notices,
)
from notices.services.delivery import (
    OtherWayForm,
    cancel,
    mark_as_read,
    mark_as_sent,
    mark_caseless_as_read,
    send_again,
)
from notices.services.occasions import LINKS, send_links
from notices.services.subscriptions import subscribe, unsubscribe
from notices.texts import secret_link, whatsapp_link, whatsapp_text
from notices.whatsapp import is_genuine, store_report
from office.models import Office, User
from office.rights import StaffRequest
from office.words import with_words_lazy
from office.worktime import WorkingTime

MAX_SHOWN = 50
"""Maximum number of messages in the queue, and of notices in the list."""

MAX_IN_BELL = 5
MAX_ENDPOINT = 1000
"""Characters of the address of a browser at its push service. Present addresses have up to 500."""

NO_CONTACT = gettext_lazy("Tulis surel lengkap (nama@contoh.id) atau nomor WhatsApp (0812-3456-7890).")
TOO_MANY_LINKS = with_words_lazy(
    gettext_lazy("Terlalu banyak percobaan. Coba lagi besok, atau hubungi %(secretariat)s.")
)

RELATED = ("notice__case__agenda", "notice__recipient")


@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Show the messages that the user must send or decide on."""
    office, work = Office.load(), WorkingTime.load()
    limit = get_send_limit(work)
    waiting: Any = by_urgency(messages_to_handle(request.user)).select_related(*RELATED)
    found = make_legible(waiting.prefetch_related("notice__case__sessions")[: MAX_SHOWN + 1])
    with_secret = may_share_links(request.user)
    context = {
        "rows": [
            {
                "message": message,
                "preview": preview(message, with_secret, office),
                "way": get_way(message),
                **_get_term(message.notice.created_at, message.appointment, work, limit),
            }
            for message in found[:MAX_SHOWN]
        ],
        "has_more": len(found) > MAX_SHOWN,
        "other_way": OtherWayForm(auto_id=False),
        "office": office,  # saves a query of the context processor
    }
    return render(request, "notices/queue.html", context)


def _get_term(
    created: dt.datetime, appointment: dt.datetime | None, work: WorkingTime, limit: dt.datetime
) -> dict[str, Any]:
    """Return when staff must send a message (`due`: office's term or consultation) and whether it is late."""
    ends = [work.add_minutes(created, Office.load().message_hours * 60), appointment]
    due = min(filter(None, ends), default=None)
    return {"due": due, "is_late": created < limit or bool(appointment and appointment < clock.now())}


def get_way(message: Message) -> str:
    """Return what staff do with a message: send `again`, `open` the chat, `call` or `write`.

    Return `mark` in a practice office and `wait` in a copy.
    """
    if message.status != Message.Status.WAITING:
        return "again"
    if settings.PRACTICE:
        return "mark"
    if place.is_shown_as_copy():
        return "wait"
    if message.channel == Message.Channel.PHONE:
        return "call"
    return "open" if whatsapp_link(message, "") else "write"


def preview(message: Message, with_secret: bool, office: Office) -> str:
    """Return the text of a waiting message with a placeholder for the secret link, "" for a failed one."""
    if message.status != Message.Status.WAITING:
        return ""
    with_secret &= message.channel != Message.Channel.PHONE  # too long to read aloud
    text = whatsapp_text(message.notice, with_secret=with_secret, office=office)
    return text.replace(secret_link(message.notice.case), _("(tautan rahasia pemohon)"))


@require_safe
def open_in_whatsapp(request: StaffRequest, pk: int) -> HttpResponse:
    """Redirect to the chat with the applicant, with the text filled in. Record the access in the audit log.

    The text contains the secret link only if the user may share it. Otherwise the applicant finds the case by
    tracking code and phone number. Answer 404 if the message does not wait for this user, and in a copy or a
    practice office, which send nothing.
    """
    if not place.may_send():
        raise Http404
    waiting = messages_to_handle(request.user).filter(status=Message.Status.WAITING)
    message = get_object_or_404(
        waiting.filter(channel=Message.Channel.WHATSAPP).select_related("notice__case"), pk=pk
    )
    with_secret = may_share_links(request.user)
    link = whatsapp_link(
        message, whatsapp_text(message.notice, with_secret=with_secret, office=Office.load())
    )
    if not link:
        raise Http404
    if with_secret:
        log_access(message.notice.case, by=request.user, place=LinkAccess.Place.MESSAGE)
    else:
        record(Act.CASE, by=request.user, case=message.notice.case, target="pesan WhatsApp")
    return HttpResponseRedirect(link)


@require_POST
def handle(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Handle a message: `sent`, `again` or `aside` (passed on). Answer 404 if the user may not handle it."""
    message = get_object_or_404(messages_in_reach(request.user), pk=pk)
    match what:
        case "sent":
            return _answer(request, mark_as_sent(message, by=request.user), _("Pesan ditandai terkirim."))
        case "again":
            return _answer(request, send_again(message, by=request.user), _("Pesan akan dikirim lagi."))
        case "aside":
            return _pass_on(request, message)
    raise Http404


def _pass_on(request: StaffRequest, message: Message) -> HttpResponse:
    form = OtherWayForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["how"])))
        return redirect("messages")
    values = {"how": form.cleaned_data["how"]}
    with translation.override("id"):  # stored reasons are Indonesian
        reason = _("Disampaikan dengan cara lain: %(how)s") % values
    text = _("Dicatat: disampaikan dengan cara lain (%(how)s).") % values
    return _answer(request, cancel(message, by=request.user, reason=reason), text)


def _answer(request: HttpRequest, done: bool, text: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.warning(request, _("Pesan ini sudah ditangani orang lain, atau tidak berlaku lagi."))
    return redirect("messages")


class LinkForm(forms.Form):
    """The e-mail address or the telephone number of an applicant who has lost the link."""

    contact = line_field(
        gettext_lazy("Surel atau nomor WhatsApp yang Anda tulis pada permohonan"),
        254,
        missing=NO_CONTACT,
        help_text=gettext_lazy("Contoh: 0812-3456-7890 atau nama@contoh.id."),
    )

    def clean_contact(self) -> str:
        """Return the address in lower case, or the number as cases store it."""
        contact = self.cleaned_data["contact"]
        field = forms.EmailField() if "@" in contact else PhoneField()
        try:
            return str(field.clean(contact)).lower()
        except ValidationError as error:
            raise ValidationError(NO_CONTACT) from error


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Send the links of all cases with an e-mail address or phone number to that contact (`lacak/tautan/`).

    The answer does not reveal whether there are any: a worker looks them up. Answer 422 if the input is
    neither an address nor a number, and 429 after too many tries.
    """
    form = LinkForm(request.POST or None)
    is_sent, status = False, 200
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        if is_sent := may_try(request, "ask_link", contact):
            count_try(request, "ask_link", contact)
            send_links.enqueue(encrypt(contact, LINKS))
        else:
            form.add_error(None, TOO_MANY_LINKS)
            status = 429
    elif request.method == "POST":
        status = 422
    return render(request, "notices/ask_link.html", {"form": form, "is_sent": is_sent}, status=status)


@require_safe
def notices(request: StaffRequest) -> HttpResponse:
    """List the unread notices of the user, newest first, at most MAX_SHOWN."""
    found = list(unread_notices(request.user)[: MAX_SHOWN + 1])
    context = {
        "unread": found[:MAX_SHOWN],
        "has_more": len(found) > MAX_SHOWN,
        "push": get_offer(request.user),
    }
    return render(request, "notices/notices.html", context)


@require_safe
def newest(request: StaffRequest) -> HttpResponse:
    """Return the list that the bell in the header shows when it is opened: at most MAX_IN_BELL notices."""
    found = unread_notices(request.user)[:MAX_IN_BELL]
    return render(request, "notices/newest.html", {"newest": found})


@require_POST
def read(request: StaffRequest, pk: int) -> HttpResponseRedirect:
    """Mark a notice as read. Do nothing if it is read already or belongs to another user."""
    if notice := unread_notices(request.user).filter(pk=pk).first():
        if notice.case_id:
            mark_as_read(notice.case, by=request.user)
        else:
            mark_caseless_as_read(Notice.objects.filter(pk=pk), by=request.user)
    return redirect("notices")


@require_POST
def push(request: StaffRequest) -> HttpResponse:
    """Switch push messages to this browser on or off."""
    return _switch_push(request, request.user)


@behind_secret(opens_by_code=False, has_steps=True)
def push_of_case(request: HttpRequest, case: Case) -> HttpResponse:
    """Switch push messages to this browser of the applicant on or off."""
    if request.method != "POST":
        return redirect("follow", secret=case.secret)
    return _switch_push(request, case)


def _switch_push(request: HttpRequest, owner: User | Case) -> HttpResponse:
    """Subscribe or unsubscribe the browser. Answer 204, or 422 with a sentence that the script shows."""
    names = ("endpoint", "p256dh", "auth")
    values = {name: request.POST.get(name, "")[:MAX_ENDPOINT] for name in names}
    if request.POST.get("off"):
        unsubscribe(owner, endpoint=values["endpoint"])
        return HttpResponse(status=204)
    try:
        subscribe(owner, **values)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@body_limit(files=0)
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def delivery_reports(request: HttpRequest) -> HttpResponse:
    """Store a report, or answer the service's verification request (GET).

    Return 403 for a wrong signature and 400 for invalid JSON. Ignore anything else that is malformed.
    """
    if settings.WHATSAPP != "cloud":
        raise Http404
    if request.method == "GET":
        return _verify(request)
    if not is_genuine(request.body, request.headers.get("X-Hub-Signature-256", "")):
        raise PermissionDenied
    try:
        report = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    store_report(report)
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def _verify(request: HttpRequest) -> HttpResponse:
    expected, token = settings.WHATSAPP_VERIFY_TOKEN, request.GET.get("hub.verify_token", "")
    is_known = bool(expected) and compare_digest(token.encode(), expected.encode())
    if request.GET.get("hub.mode") != "subscribe" or not is_known:
        raise PermissionDenied
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain; charset=utf-8")
