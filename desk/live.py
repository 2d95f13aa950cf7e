"""Pages that stay fresh: the pulse of the office, or of one case. `static/js/live.js` asks for it.

The script fetches the page again only if the pulse has changed: an open desk costs two short queries every
few seconds.
"""

from typing import Any, cast

from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from consultations.audit.models import Act, AuditEntry
from consultations.intake.models import Callback
from consultations.models import Case, CaseNote, Event
from consultations.queries import get_visible_case
from notices.queries import count_unread
from office.models import User
from reports.models import PaperEvent


def get_pulse(case: Case | None = None) -> str:
    """Return a text that changes with each step, act on a paper and arrival, of one case or of all.

    That of a case changes with each note of a colleague too, that of all with each request for a call.
    """
    steps, papers = Event.objects.all(), PaperEvent.objects.all()
    arrivals = AuditEntry.objects.filter(act=Act.ARRIVAL)
    others: list[QuerySet[Any]] = [arrivals, Callback.objects.all()]
    if case is not None:
        steps, papers = steps.filter(case=case), papers.filter(document__case=case)
        others = [arrivals.filter(case=case), CaseNote.objects.filter(case=case)]
    newest = [Subquery(rows.order_by("-pk").values("pk")[:1]) for rows in (papers, *others)]
    row = steps.order_by("-pk").values_list("pk", *newest).first()
    return ".".join(str(pk or 0) for pk in row or ())


@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    """Answer 204 if nothing has happened since the pulse `since`, or the new pulse and the unread notices.

    `case` is the code of a case. Asking is no activity (office/access/sessions.py).
    """
    user = cast(User, request.user)
    code, since, shown = (request.GET.get(name, "") for name in ("case", "since", "unread"))
    now = get_pulse(get_visible_case(user, code) if code else None)
    unread = count_unread(user)
    if (since, shown) == (now, unread):
        return HttpResponse(status=204)
    label = gettext("Pemberitahuan, %(n)s belum dibaca") if unread else gettext("Pemberitahuan")
    return JsonResponse({"pulse": now, "unread": unread, "label": label % {"n": unread}})
