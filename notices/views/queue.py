"""`pesan/`: the messages that need a person, newest first, each settled with one tap."""

from typing import cast

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.keyset import PAGE_SIZE, Page, page_of, position
from notices.queue import errand, for_person, mark_as_sent, send_again, set_aside
from office.models import Office, User

WITH_ITS_CASE = ("notice__case__session", "notice__case__agenda", "notice__recipient")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What the user is to send, or to decide on."""
    user, office = cast(User, request.user), Office.load()
    waiting, before = for_person(user), position(request.GET)
    if before is not None:
        waiting = waiting.filter(pk__lt=before)
    found = waiting.select_related(*WITH_ITS_CASE).order_by("-pk")[: PAGE_SIZE + 1]
    shown = page_of(list(found), request.GET, key="pk")
    errands = [errand(message, by=user, office=office) for message in shown.rows]
    page = Page(errands, older=shown.older, newest=shown.newest)
    # With its own office the page does not ask for it again.
    return render(request, "notices/queue.html", {"page": page, "office": office})


@require_POST
def handle(request: HttpRequest, pk: int, what: str) -> HttpResponseRedirect | HttpResponsePermanentRedirect:
    """Settle one message: `sent`, `again` or `aside`. 404 where it does not wait for this user."""
    user = cast(User, request.user)
    message = get_object_or_404(for_person(user), pk=pk)
    match what:
        case "sent":
            done, said = mark_as_sent(message, by=user), _("Pesan ditandai terkirim.")
        case "again":
            done, said = send_again(message, by=user), _("Pesan akan dikirim lagi.")
        case "aside":
            with translation.override("id"):  # the reason goes on record
                reason = _("Disampaikan dengan cara lain oleh %(name)s") % {"name": user}
            done, said = set_aside(message, by=user, reason=reason), _("Pesan tidak dikirim.")
        case _other:
            raise Http404
    if done:
        messages.success(request, said)
    else:
        messages.warning(request, _("Pesan ini baru saja ditangani orang lain."))
    return redirect("messages")
