"""Pages that stay fresh: the pulse of what a user sees, or of one case. `static/js/live.js` asks for it.

The script fetches the page again only if the pulse has changed: an open desk costs two short queries every
few seconds.
"""

from typing import Any, cast

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from consultations.audit.models import Act, AuditEntry
from consultations.models import Case, CaseNote, Event
from consultations.queries import get_visible_case, of_visible_case
from documents.models import PaperEvent
from notices.queries import count_unread
from office.models import User

RECENT = 500
"""Number of newest rows that a pulse reads. A desk asks every few seconds, and must not read all."""


def _recent(rows: QuerySet[Any]) -> QuerySet[Any]:
    oldest = rows.order_by("-pk").values("pk")[RECENT : RECENT + 1]
    return rows.filter(pk__gt=Coalesce(Subquery(oldest), 0))


def get_pulse(of: Case | User) -> str:
    """Return a text that changes with each step, act on a paper and arrival: of one case, or of all visible.

    That of a case changes with each note of a colleague too. That of a user changes with each act on a paper
    without a case, and with each request for a call if the user calls.
    """
    arrivals = AuditEntry.objects.filter(act=Act.ARRIVAL)
    row: QuerySet[Any]
    watched: list[QuerySet[Any]]
    if isinstance(of, Case):
        row = Case.objects.filter(pk=of.pk)
        watched = [Event.objects.filter(case=of), PaperEvent.objects.filter(document__case=of)]
        watched += [arrivals.filter(case=of), CaseNote.objects.filter(case=of)]
    else:
        row = User.objects.filter(pk=of.pk)
        visible = of_visible_case(of)
        papers = Q(document__case=None) | of_visible_case(of, "document__case")
        watched = [_recent(Event.objects.all()).filter(visible), _recent(arrivals).filter(visible)]
        watched.append(_recent(PaperEvent.objects.all()).filter(papers))
    newest = [Subquery(rows.order_by("-pk").values("pk")[:1]) for rows in watched]
    return ".".join(str(pk or 0) for pk in row.values_list(*newest).get())


@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    """Answer 204 if nothing has happened since the pulse `since`, or the new pulse and the unread notices.

    `case` is the code of a case. Asking is no activity (office/access/sessions.py).
    """
    user = cast(User, request.user)
    code, since, shown = (request.GET.get(name, "") for name in ("case", "since", "unread"))
    now = get_pulse(get_visible_case(user, code) if code else user)
    unread = count_unread(user)
    if (since, shown) == (now, unread):
        return HttpResponse(status=204)
    label = gettext("Pemberitahuan, %(n)s belum dibaca") if unread else gettext("Pemberitahuan")
    return JsonResponse({"pulse": now, "unread": unread, "label": label % {"n": unread}})
