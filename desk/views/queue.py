"""One case after another (Selesaikan satu per satu): each step leads to the next case that waits.

A step page in the queue has `?antrean=1`. It posts the code of the case after its own as `antrean`. So the
queue goes on from the present page, also after a skipped case.
"""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.models import Case
from desk.waiting import Row, list_waiting
from office.models import User

NAME = "antrean"


@dataclass(frozen=True)
class Queue:
    """The case that follows in the queue, and how many follow."""

    following: Row | None
    left: int

    @property
    def code(self) -> str:
        return self.following.case.code if self.following else ""


@require_safe
def next_case(request: HttpRequest) -> HttpResponse:
    """Redirect to the step that a case waits for: that of `?kode=`, else of the first case in the queue.

    Redirect to the desk if nothing waits. The code is only looked up among the cases that wait for the user.
    """
    queue = list_waiting(cast(User, request.user)).queue
    row = next((row for row in queue if row.case.code == request.GET.get("kode")), None)
    row = row or next(iter(queue), None)
    if row is None or row.main is None:
        messages.success(request, _("Semua yang menunggu Anda sudah selesai."))
        return redirect("desk")
    address = reverse("step", args=[row.case.code, row.main.verb])
    return HttpResponseRedirect(f"{address}?{NAME}=1")


def is_in_queue(request: HttpRequest) -> bool:
    """Return whether a step page was opened from the queue."""
    return NAME in request.GET or NAME in request.POST


def get_queue(request: HttpRequest, case: Case) -> Queue | None:
    """Return what follows the case in the queue, or None if its page was not opened from the queue."""
    if not is_in_queue(request):
        return None
    rows = list_waiting(cast(User, request.user)).queue
    keys = [row.case.pk for row in rows]
    following = rows[keys.index(case.pk) + 1 :] if case.pk in keys else rows
    return Queue(following[0] if following else None, len(following))


def go_on(request: HttpRequest) -> HttpResponse:
    """Redirect to the case that the step page named, or to the desk after the last one."""
    if code := request.POST.get(NAME):
        return HttpResponseRedirect(f"{reverse('next')}?{urlencode({'kode': code})}")
    return redirect("desk")
