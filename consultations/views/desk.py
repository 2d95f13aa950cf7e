"""The desk (Meja Kerja): what waits for me, by deadline, and my sessions ahead."""

from typing import cast

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.actions import actions
from consultations.filters import of_visible_case
from consultations.keyset import PAGE_SIZE, only
from consultations.models import Case, Session, Slot
from consultations.parties import parties
from consultations.views.calendar import SESSION_SHOWN
from consultations.workflow import TABLE, Step
from office import clock
from office.models import User

MOST_SESSIONS = 10
NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
SHOWN = (*NAMES, "kind", "state", "since", "due_at")
FOR_THE_NEXT_STEP = (
    "channel",
    "awaits_ratification",
    "division",
    "officer",
    "complained_about",
    "opinions_awaited",
)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the user; somebody without a position is told why there is nothing."""
    user = cast(User, request.user)
    if not user.current_appointments:
        return render(request, "office/desk_without_position.html")
    by_deadline = (F("due_at").asc(nulls_last=True), "since", "pk")
    mine = only(Case.objects.waiting_for(user), (*SHOWN, *FOR_THE_NEXT_STEP))
    waiting = list(mine.order_by(*by_deadline)[: PAGE_SIZE + 1])
    return render(
        request,
        "office/desk.html",
        {
            "rows": [(case, actions(user, case).main) for case in waiting[:PAGE_SIZE]],
            "has_more": len(waiting) > PAGE_SIZE,
            "sessions": _sessions_ahead(user),
            "entrances": _entrances(user),
            "today": clock.today(),
        },
    )


def _sessions_ahead(user: User) -> list[Session]:
    """The next sessions of today and later that the user holds or accompanies."""
    taken = Slot.objects.filter(user=user, day__gte=clock.today())
    ahead = Session.objects.filter(of_visible_case(user), pk__in=taken.values("session"), finished_at=None)
    return list(only(ahead, SESSION_SHOWN).order_by("starts_at")[:MOST_SESSIONS])


def _entrances(user: User) -> list[Step]:
    """The steps by which the user brings new cases into the office."""
    mine = parties(user, Case())
    return [step for step in TABLE if step.source is None and step.actor in mine]
