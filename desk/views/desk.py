"""The desk (Meja Kerja), the queue from one waiting case to the next, and one step on several cases.

A step page in the queue has `?antrean=1`. It posts the code of the case after its own as `antrean`. So the
queue goes on from the present page, also after a skipped case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.models import Case
from consultations.steps import PAGES
from consultations.workflow import MOVED_MEANWHILE, VERBS
from desk import introduction as cards
from desk.desk import get_desk
from desk.waiting import BULK_VERBS, Row, list_waiting
from kit import clock
from kit.jobs import list_silent
from kit.pagination import PAGE_SIZE
from kit.refusal import Refused
from office.models import Office, User
from operations.setup.checklist import get_summary


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, or an explanation if the user holds no position."""
    user = cast(User, request.user)
    introduction = cards.get_introduction(user, request.GET.get("perkenalan", ""))
    setup = get_summary() if user.is_staff and not Office.load().is_open else None
    if not user.current_appointments:
        silent = list_silent() if user.is_staff else []
        without = {"silent": silent, "introduction": introduction, "setup": setup}
        return render(request, "desk/without_position.html", without)
    position = request.GET.get("jabatan", "")
    desk = get_desk(user, position=position)
    context = {
        "desk": desk,
        "now": clock.now(),
        "position": position,
        "introduction": introduction,
        "setup": setup,
    }
    return render(request, "desk/desk.html", context)


@require_POST
def close_introduction(request: HttpRequest) -> HttpResponse:
    """Close the introduction for good."""
    cards.close_introduction(by=cast(User, request.user))
    return redirect("desk")


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


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Show the first cases that wait for a step of BULK_VERBS, or take it on the chosen ones.

    `?semua=1` chooses all of them. Answer 422 if none is chosen or a field is invalid.
    """
    if verb not in BULK_VERBS:
        raise Http404
    user, is_posted = cast(User, request.user), request.method == "POST"
    queue = list_waiting(user).queue
    rows = [row for row in queue if row.main and row.main.verb == verb][:PAGE_SIZE]
    if not rows:
        messages.info(request, _("Tidak ada permohonan yang menunggu langkah ini."))
        return redirect("desk")
    chosen = request.POST.getlist("case")[:PAGE_SIZE]
    form = PAGES[verb].form(request.POST if is_posted else None, case=rows[0].case, by=user)
    if is_posted and chosen and form.is_valid():
        _take_each(request, verb, chosen, form.cleaned_data)
        return redirect("desk")
    if "semua" in request.GET:
        chosen = [row.version for row in rows]
    for name in form.of_one_case:
        form.initial.pop(name, None)
    helper = form.helper
    helper.include_media = False  # the scripts of a long form save its draft, which this page has not
    context = {
        "verb": verb,
        "title": VERBS[verb].title,
        "rows": rows,
        "chosen": chosen,
        "form": form,
        "helper": helper,
        "is_nothing_chosen": is_posted and not chosen,
    }
    return render(request, "desk/bulk.html", context, status=422 if is_posted else 200)


def _take_each(request: HttpRequest, verb: str, chosen: Sequence[str], values: dict[str, Any]) -> None:
    """Take the step on each case in a transaction of its own, and name those that could not be taken.

    `chosen` are codes with versions. A case that has another version by now is not taken.
    """
    user = cast(User, request.user)
    versions = dict(entry.replace("\0", "").split(":", 1) for entry in chosen if ":" in entry)
    cases = Case.objects.visible_to(user).with_people().filter(code__in=versions)
    done = 0
    for case in cases.order_by("due_at", "pk"):
        try:
            if str(case.version) != versions[case.code]:
                raise Refused(MOVED_MEANWHILE)
            PAGES[verb].service(case, by=user, **values)
            done += 1
        except Refused as refusal:
            _report_untaken(request, case, str(refusal))
        except PermissionDenied:
            _report_untaken(request, case, _("Langkah ini bukan giliran Anda."))
    if done:
        sentence = ngettext("%(done)s: %(n)d permohonan.", "%(done)s: %(n)d permohonan.", done)
        messages.success(request, sentence % {"done": VERBS[verb].done, "n": done})


def _report_untaken(request: HttpRequest, case: Case, reason: str) -> None:
    values = {"subject": case.subject, "number": case.agenda or case.code, "reason": reason}
    messages.error(request, _("Belum diproses: %(subject)s (No. %(number)s). %(reason)s") % values)
