"""`pesan/`: the manual queue, the most urgent message first."""

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.models import Act
from audit.services import record
from consultations.models import LinkAccess
from consultations.pagination import parse_key
from consultations.secret_link import log_access
from notices.forms import OtherWayForm
from notices.models import Message
from notices.queries import by_urgency, may_share_links, messages_in_reach, messages_to_handle
from notices.services.manual_queue import cancel, mark_as_sent, send_again
from notices.texts import secret_link, whatsapp_link, whatsapp_text
from office.models import Office, User

PAGE_SIZE = 50
MAX_AT_ONCE = 25
RELATED = ("notice__case__agenda", "notice__recipient")


@dataclass(frozen=True)
class ManualMessage:
    """One row of the queue, with a preview of the text. A failed message has none."""

    message: Message
    preview: str = ""


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the messages that the user must send or decide on."""
    user, office = cast(User, request.user), Office.load()
    waiting = by_urgency(messages_to_handle(user)).select_related(*RELATED)
    found = list(waiting.prefetch_related("notice__case__sessions")[: PAGE_SIZE + 1])
    with_secret = may_share_links(user)
    context = {
        "rows": [preview(message, with_secret=with_secret, office=office) for message in found[:PAGE_SIZE]],
        "has_more": len(found) > PAGE_SIZE,
        "other_way": OtherWayForm(auto_id=False),
        "office": office,  # saves a query of the context processor
    }
    return render(request, "notices/queue.html", context)


def preview(message: Message, *, with_secret: bool, office: Office) -> ManualMessage:
    """Return the row of a message. A placeholder replaces the secret link, which opens in WhatsApp only."""
    if message.status != Message.Status.WAITING:
        return ManualMessage(message)
    text = whatsapp_text(message.notice, with_secret=with_secret, office=office)
    return ManualMessage(
        message, text.replace(secret_link(message.notice.case), _("(tautan rahasia pemohon)"))
    )


@require_safe
def open_in_whatsapp(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the chat with the applicant, with the text filled in. Record who got it.

    The text holds the link only for users who may share it. Otherwise the applicant finds the case by
    tracking code and phone number. Answer 404 if the message does not wait for the user, and in a practice
    office, from which nothing leaves.
    """
    if settings.PRACTICE:
        raise Http404
    user = cast(User, request.user)
    waiting = messages_to_handle(user).filter(status=Message.Status.WAITING).select_related("notice__case")
    message = get_object_or_404(waiting, pk=pk)
    with_secret = may_share_links(user)
    if with_secret:
        log_access(message.notice.case, by=user, place=LinkAccess.Place.MESSAGE)
    else:
        record(Act.CASE, by=user, case=message.notice.case, target="pesan WhatsApp")
    text = whatsapp_text(message.notice, with_secret=with_secret, office=Office.load())
    return HttpResponseRedirect(whatsapp_link(message.notice, text))


@require_POST
def handle(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Handle one message: `sent`, `again` or `aside`. Return 404 if it is out of the user's reach."""
    user = cast(User, request.user)
    message = get_object_or_404(messages_in_reach(user), pk=pk)
    match what:
        case "sent":
            return _answer(request, mark_as_sent(message, by=user), _("Pesan ditandai terkirim."))
        case "again":
            return _answer(request, send_again(message, by=user), _("Pesan akan dikirim lagi."))
        case "aside":
            return _pass_on(request, message, by=user)
    raise Http404


@require_POST
def mark_several(request: HttpRequest) -> HttpResponse:
    """Mark up to MAX_AT_ONCE chosen messages as sent, each for itself. Name those that no longer wait."""
    user = cast(User, request.user)
    keys = map(parse_key, request.POST.getlist("message")[:MAX_AT_ONCE])
    found = messages_in_reach(user).filter(pk__in=filter(None, keys)).select_related(*RELATED).order_by("pk")
    overtaken = [message.notice.case for message in found if not mark_as_sent(message, by=user)]
    if done := len(found) - len(overtaken):
        sentence = ngettext("%(n)d pesan ditandai terkirim.", "%(n)d pesan ditandai terkirim.", done)
        messages.success(request, sentence % {"n": done})
    for case in overtaken:
        values = {"name": case.applicant_name, "number": case.agenda or case.code}
        sentence = _("Pesan kepada %(name)s (No. %(number)s) sudah ditangani orang lain.")
        messages.warning(request, sentence % values)
    if not found:
        messages.warning(request, _("Pilih pesan yang sudah Anda kirim."))
    return redirect("messages")


def _pass_on(request: HttpRequest, message: Message, *, by: User) -> HttpResponse:
    """Cancel a message that the user passed on in another way."""
    form = OtherWayForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["how"])))
        return redirect("messages")
    values = {"how": form.cleaned_data["how"]}
    with translation.override("id"):  # stored reasons are Indonesian
        reason = _("Disampaikan dengan cara lain: %(how)s") % values
    text = _("Dicatat: disampaikan dengan cara lain (%(how)s).") % values
    return _answer(request, cancel(message, by=by, reason=reason), text)


def _answer(request: HttpRequest, done: bool, text: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.warning(request, _("Pesan ini sudah ditangani orang lain, atau tidak berlaku lagi."))
    return redirect("messages")
