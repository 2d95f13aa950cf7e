"""`pemberitahuan/`: the unread notices, and a notice marked as read without opening its case."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from notices.models import Notice
from notices.queries import unread_notices
from notices.services.outbox import mark_as_read, mark_caseless_as_read
from office.models import User

MAX_SHOWN = 50
MAX_IN_BELL = 5


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the unread notices of the user, newest first, at most MAX_SHOWN."""
    found = list(unread_notices(cast(User, request.user))[: MAX_SHOWN + 1])
    context = {"unread": found[:MAX_SHOWN], "has_more": len(found) > MAX_SHOWN}
    return render(request, "notices/notices.html", context)


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """Return the list that the bell in the header shows when it is opened: at most MAX_IN_BELL notices."""
    found = unread_notices(cast(User, request.user))[:MAX_IN_BELL]
    return render(request, "notices/newest.html", {"newest": found})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Mark a notice as read. Do nothing if it is read already or belongs to another user."""
    user = cast(User, request.user)
    if notice := unread_notices(user).filter(pk=pk).first():
        if notice.case_id:
            mark_as_read(notice.case, by=user)
        else:
            mark_caseless_as_read(Notice.objects.filter(pk=pk), by=user)
    return redirect("notices")
