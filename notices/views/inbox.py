"""`pemberitahuan/`: notices that are read without opening a case."""

from typing import cast

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from notices.inbox import unread_by
from notices.outbox import read
from office.models import User


@require_POST
def mark_as_read(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """The user has read what he or she was told of a case. Nothing happens where that was noted before."""
    user = cast(User, request.user)
    for notice in unread_by(user).filter(pk=pk):
        read(notice.case, by=user)
    return redirect("desk")
