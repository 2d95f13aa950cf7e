"""`pemberitahuan/`: mark a notice as read without opening its case."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from notices.models import Notice
from notices.queries import unread_notices
from notices.services.outbox import mark_as_read, mark_delegation_as_read
from office.models import User


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Mark a notice as read. Do nothing if it is read already or belongs to another user."""
    user = cast(User, request.user)
    if notice := unread_notices(user).filter(pk=pk).first():
        if notice.case_id:
            mark_as_read(notice.case, by=user)
        else:
            mark_delegation_as_read(Notice.objects.filter(pk=pk), by=user)
    return redirect(settings.LOGIN_REDIRECT_URL)
