"""One step on several cases at once. Each case goes through the service of the step and gets its event."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from consultations.conditional_update import MOVED_MEANWHILE
from consultations.models import Case
from consultations.pagination import PAGE_SIZE
from consultations.steps import PAGES
from consultations.workflow import VERBS, Refused
from desk.waiting import BULK_VERBS, list_waiting
from office.models import User


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
