"""`pesan/`: the messages that need a person, the most pressing first, each settled with one tap."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notices.forms import AsideForm
from notices.models import Message
from notices.queue import (
    errand,
    for_person,
    mark_as_sent,
    most_pressing_first,
    send_again,
    set_aside,
    within_reach,
)
from office.models import Office, User

MOST_SHOWN = 50
WITH_ITS_CASE = ("notice__case__agenda", "notice__recipient")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What the user is to send, or to decide on."""
    user, office = cast(User, request.user), Office.load()
    waiting = most_pressing_first(for_person(user)).select_related(*WITH_ITS_CASE)
    waiting = waiting.prefetch_related("notice__case__sessions")
    found = list(waiting[: MOST_SHOWN + 1])
    context = {
        "errands": [errand(message, by=user, office=office) for message in found[:MOST_SHOWN]],
        "has_more": len(found) > MOST_SHOWN,
        "aside": AsideForm(auto_id=False),
        "office": office,  # with its own the page does not ask for it again
    }
    return render(request, "notices/queue.html", context)


@require_POST
def handle(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Settle one message: `sent`, `again` or `aside`. 404 where it is not this user's to handle."""
    user = cast(User, request.user)
    message = get_object_or_404(within_reach(user), pk=pk)
    if what == "aside":
        return _set_aside(request, message, by=user)
    match what:
        case "sent":
            done, said = mark_as_sent(message, by=user), _("Pesan ditandai terkirim.")
        case "again":
            done, said = send_again(message, by=user), _("Pesan akan dikirim lagi.")
        case _other:
            raise Http404
    return _answer(request, done, said)


def _set_aside(request: HttpRequest, message: Message, *, by: User) -> HttpResponse:
    """The applicant was told in another way, which the user names."""
    form = AsideForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["how"])))
        return redirect("messages")
    told = {"how": form.cleaned_data["how"]}
    with translation.override("id"):  # the reason goes on record
        reason = _("Disampaikan dengan cara lain: %(how)s") % told
    said = _("Dicatat: disampaikan dengan cara lain (%(how)s).") % told
    return _answer(request, set_aside(message, by=by, reason=reason), said)


def _answer(request: HttpRequest, done: bool, said: str) -> HttpResponse:
    if done:
        messages.success(request, said)
    else:
        messages.warning(request, _("Pesan ini sudah ditangani orang lain, atau tidak berlaku lagi."))
    return redirect("messages")
