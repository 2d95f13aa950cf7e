"""The desk (Meja Kerja): what waits for me, by deadline, my sessions ahead, and what I wait for."""

import datetime as dt
from typing import Any, cast

from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.complaint_deadlines import count_down, on_the_desk
from consultations.models import Case
from consultations.pagination import PAGE_SIZE, only
from consultations.parties import parties
from consultations.queries import of_served_case, of_visible_case, waiting_for
from consultations.workflow import TABLE, Step
from desk.actions import actions
from desk.views.cases import records_of
from dispositions.models import Opinion
from dispositions.reminders import Reminder, reminder
from intake.moderation import list_held
from office import clock
from office.models import Office, User
from scheduling.models import Session, Slot
from scheduling.views.calendar import SESSION_SHOWN

MOST_HELD = 20
MOST_SESSIONS = MOST_OPINIONS = MOST_FOLLOW_UPS = MOST_WISHES = 10
SOON = dt.timedelta(days=7)
"""How long before its day a recommendation is brought to mind."""
NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
SHOWN = (*NAMES, "kind", "state", "since", "due_at", "complaint_kind", "answer_due")
FOR_THE_NEXT_STEP_AND_HINTS = (
    "channel",
    "awaits_ratification",
    "division",
    "officer",
    "complained_about",
    "follow_up_due",
    "opinions_awaited",
    "other_time",
)
OF_THE_CASE = ("case__code", "case__subject", "case__agenda__year", "case__agenda__number")
OPINION_SHOWN = (*OF_THE_CASE, "agency", "phone", "email", "due", "asked_at", "recorded_at")
WISH_SHOWN = ("code", "subject", "applicant_name", "other_time", "session__starts_at")
FOLLOW_UP_SHOWN = (*OF_THE_CASE, "text", "responsible", "due", "done_at")
ANSWERABLE = [step.source for step in TABLE if step.verb == "record_opinion"]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the user; somebody without a position is told why there is nothing."""
    user = cast(User, request.user)
    if not user.current_appointments:
        return render(request, "desk/without_position.html")
    by_deadline = (F("due_at").asc(nulls_last=True), "since", "pk")
    mine = only(waiting_for(user), (*SHOWN, *FOR_THE_NEXT_STEP_AND_HINTS))
    waiting = list(mine.annotate(is_new=_is_new_to(user)).order_by(*by_deadline)[: PAGE_SIZE + 1])
    shown = waiting[:PAGE_SIZE]
    count_down(shown)
    complaints = on_the_desk(user, shown)
    steps = [actions(user, case).main for case in shown]
    office = Office.load()
    return render(
        request,
        "desk/desk.html",
        {
            "rows": list(zip(shown, steps, complaints.pop("hints"), strict=True)),
            "has_more": len(waiting) > PAGE_SIZE,
            "sessions": _sessions_ahead(user),
            "wishes": _other_times_asked(user),
            "opinions": _opinions_awaited(user, office),
            "follow_ups": _follow_ups_due(user),
            "office": office,
            "entrances": _entrances(user),
            **_held(user),
            **complaints,
            "today": clock.today(),
        },
    )


def _is_new_to(user: User) -> Exists:
    """Marks the cases of which the user was told something that he or she has not read yet."""
    return Exists(records_of("notices").unread().filter(recipient=user, case=OuterRef("pk")))


def _sessions_ahead(user: User) -> list[Session]:
    """The next sessions of today and later that the user holds or accompanies."""
    taken = Slot.objects.filter(user=user, day__gte=clock.today())
    ahead = Session.objects.filter(of_visible_case(user), pk__in=taken.values("session"), finished_at=None)
    return list(only(ahead, SESSION_SHOWN).order_by("starts_at")[:MOST_SESSIONS])


def _other_times_asked(user: User) -> list[Case]:
    """The user's own cases whose applicants ask for another time, the soonest first."""
    asked = Case.objects.served_by(user).filter(officer=user, other_time__isnull=False)
    return list(only(asked, WISH_SHOWN).order_by("session__starts_at", "pk")[:MOST_WISHES])


def _opinions_awaited(user: User, office: Office) -> list[tuple[Opinion, Reminder]]:
    """The opinions that the user's own cases wait for, the most urgent first, each with its reminder."""
    own = Case.objects.served_by(user).filter(officer=user, state__in=ANSWERABLE, opinions_awaited__gt=0)
    awaited = Opinion.objects.filter(case__in=own, recorded_at=None)
    shown = only(awaited, OPINION_SHOWN).order_by("due", "pk")[:MOST_OPINIONS]
    return [(opinion, reminder(opinion, office=office)) for opinion in shown]


def _follow_ups_due(user: User) -> list[Any]:
    """The recommendations in cases that the user serves which are late or to be done within a week."""
    soon = records_of("follow_ups").filter(done_at=None, due__lte=clock.today() + SOON)
    return list(
        only(soon.filter(of_served_case(user)), FOLLOW_UP_SHOWN).order_by("due", "pk")[:MOST_FOLLOW_UPS]
    )


def _held(user: User) -> dict[str, Any]:
    """The held requests that the user decides on: the oldest, and how many there are."""
    shown = list(list_held(user).defer("typed")[:MOST_HELD])
    is_all = len(shown) < MOST_HELD
    return {"held": shown, "held_count": len(shown) if is_all else list_held(user).count()}


def _entrances(user: User) -> list[Step]:
    """The steps by which the user brings new cases into the office."""
    mine = parties(user, Case())
    return [step for step in TABLE if step.source is None and step.actor in mine]
