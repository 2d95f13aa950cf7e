"""Pages under `berhalangan/`: absences of the staff, their collisions, and the acting heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.models import Case, Event
from consultations.scheduling import absences as services
from consultations.scheduling.absence_forms import AbsenceForm, StandInForm
from consultations.scheduling.models import Absence, Delegation, Session
from consultations.scheduling.queries import list_sessions_during
from consultations.workflow import list_open_steps
from kit.form_view import handle_button, handle_form
from kit.middleware import keeps_unsent
from notices.models import Notice
from notices.services.delivery import mark_caseless_as_read
from office.models import Appointment, User
from office.rights import StaffRequest

MAX_ROWS = 50


@dataclass(frozen=True)
class Collision:
    """A case that needs attention during an absence, and what the reader can do about it.

    An officer moves the session, and the Kepala Bidang hands the case to somebody else. `takers` are
    companions who may take over: people of the case's division who are present then.
    """

    case: Case
    can_move: bool
    can_hand_over: bool
    session: Session | None = None
    takers: Sequence[User] = ()
    accompanies: bool = False


def get_absence_page(absence: Absence, user: User) -> dict[str, Any]:
    """Return the context of the page. The number of queries does not depend on the number of rows.

    `reason` fills in the reason of a step, `may_end` are keys of delegations.
    """
    chain = services.list_chain(absence)
    collisions = [] if absence.is_over else _list_collisions(absence, user)
    shown = {collision.case.pk for collision in collisions}
    vacancies = [] if absence.is_over else services.list_vacancies(absence)
    own = [one for one in chain if one.absence_id == absence.pk and not one.is_over]
    return {
        "absence": absence,
        "prefixes": services.TEMPORARY,
        "reason": _("%(name)s berhalangan: %(absence)s.") % _names(absence),
        "may_manage": services.may_manage(absence.person, user),
        "collisions": collisions,
        "deadlines": [] if absence.is_over else _list_deadlines(absence, user, without=shown),
        "vacancies": [
            (one, _get_form(one.source.pk)()) for one in vacancies if services.may_delegate(one.source, user)
        ],
        "chain": chain,
        "may_end": {one.pk for one in own if services.may_delegate(one.source, user)},
        "meanwhile": _list_meanwhile(chain, user),
    }


def _get_form(source: int) -> partial[StandInForm]:
    """Return the form of one position. A page may have several of them."""
    return partial(StandInForm, auto_id=f"id_{source}_%s")


def _list_collisions(absence: Absence, user: User) -> list[Collision]:
    sessions = list_sessions_during(absence)
    cases = Case.objects.visible_to(user).filter(pk__in=[session.case_id for session in sessions])
    visible = cases.select_related("agenda").prefetch_related("companions").in_bulk()
    of_division = set(
        Appointment.objects.current()
        .filter(position__division__in={case.division_id for case in visible.values()})
        .values_list("position__division", "user")
    )
    companions = {person for case in visible.values() for person in case.companions.all()}
    absences = Absence.objects.upcoming().filter(person__in=companions).by_person() if companions else {}
    found = []
    for session in [session for session in sessions if session.case_id in visible][:MAX_ROWS]:
        case = visible[session.case_id]
        takers = [
            person
            for person in case.companions.all()
            if (case.division_id, person.pk) in of_division
            and person.pk not in (absence.person_id, case.complained_about_id)
            and not _is_away(absences.get(person.pk, ()), session)
        ]
        accompanies = session.officer_id != absence.person_id
        can_move, can_hand_over = _get_ways(user, case)
        found.append(
            Collision(case, can_move and not accompanies, can_hand_over, session, takers, accompanies)
        )
    return found


def _list_deadlines(absence: Absence, user: User, *, without: set[int]) -> list[Collision]:
    due = Case.objects.visible_to(user).open().filter(officer=absence.person_id)
    due = due.filter(due_at__gte=absence.starts_at, due_at__lt=absence.until).exclude(pk__in=without)
    cases = due.select_related("agenda").prefetch_related("companions").order_by("due_at", "pk")[:MAX_ROWS]
    return [Collision(case, *_get_ways(user, case)) for case in cases]


def _list_meanwhile(chain: Sequence[Delegation], user: User) -> list[Event]:
    if not chain:
        return []
    visible = Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case")))
    events = Event.objects.filter(services.match_events_meanwhile(chain)).annotate(is_visible=visible)
    is_own = Q(by=user, case__is_independent=False) & ~Q(case__complained_about=user)
    events = events.filter(Q(is_visible=True) | is_own).select_related("case__agenda", "by")
    return list(events.order_by("-happened_at", "-pk")[:MAX_ROWS])


def _get_ways(user: User, case: Case) -> tuple[bool, bool]:
    verbs = {step.verb for step in list_open_steps(user, case)}
    return "reschedule" in verbs, "reassign" in verbs


def _is_away(absences: Sequence[Absence], session: Session) -> bool:
    start, end = session.starts_at, session.ends_at
    return bool(start and end and any(absence.touches(start, end) for absence in absences))


MAX_PAST = 20


@require_safe
def absences(request: StaffRequest) -> HttpResponse:
    """Show present and coming absences that concern the user, and the latest past ones."""
    found = services.visible_absences(request.user)
    upcoming = found.upcoming()
    context = {
        "upcoming": upcoming.order_by("starts_at", "pk"),
        "past": found.exclude(pk__in=upcoming.values("pk")).order_by("-starts_at", "-pk")[:MAX_PAST],
    }
    return render(request, "desk/absences/list.html", context)


@keeps_unsent
def record(request: StaffRequest) -> HttpResponse:

    def act(**entered: Any) -> HttpResponse:
        absence = services.record_absence(by=request.user, **entered)
        messages.success(request, _("Tercatat: %(name)s, %(absence)s.") % _names(absence))
        return redirect("absence", absence.pk)

    return handle_form(request, partial(AbsenceForm, by=request.user), act, "desk/absences/new.html")


@require_safe
def absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one absence. Mark the user's notices about its delegations as read."""
    shown = _get(request.user, pk)
    mark_caseless_as_read(Notice.objects.filter(delegation__absence=shown), by=request.user)
    return render(request, "desk/absences/absence.html", get_absence_page(shown, request.user))


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _get(request.user, pk)
    done = _("Masa berhalangan %(name)s diakhiri.") % _names(shown)
    return handle_button(request, partial(services.end_absence, shown, by=request.user), done, "absence", pk)


@require_POST
def name_stand_in(request: StaffRequest, pk: int, source: int) -> HttpResponse:
    """Name an acting holder for one position of the absent head."""
    shown = _get(request.user, pk)
    appointment = get_object_or_404(Appointment.objects.filter(user=shown.person_id), pk=source)

    def act(**entered: Any) -> HttpResponse:
        named = services.delegate(shown, by=request.user, source=appointment, **entered)
        messages.success(
            request, _("Ditunjuk dan diberi tahu: %(appointment)s") % {"appointment": named.appointment}
        )
        return redirect("absence", pk)

    def get_context(form: StandInForm) -> dict[str, Any]:
        page = get_absence_page(shown, request.user)
        vacancies = [(one, form if one.source.pk == source else empty) for one, empty in page["vacancies"]]
        return {**page, "vacancies": vacancies}

    return handle_form(request, _get_form(source), act, "desk/absences/absence.html", get_context)


@require_POST
def end_stand_in(request: StaffRequest, pk: int, delegation: int) -> HttpResponse:
    _get(request.user, pk)
    found = Delegation.objects.select_related("source__position")
    ended = get_object_or_404(found, pk=delegation, absence=pk)
    done = _("Masa pengganti diakhiri. Keduanya diberi tahu.")
    return handle_button(
        request, partial(services.end_delegation, ended, by=request.user), done, "absence", pk
    )


def _get(user: User, pk: int) -> Absence:
    return get_object_or_404(services.visible_absences(user), pk=pk)


def _names(absence: Absence) -> dict[str, Any]:
    return {"name": absence.person, "absence": absence.summary}
