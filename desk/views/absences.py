"""Pages under `berhalangan/`: absences of the staff, their collisions, and the acting heads."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.absences import get_absence_page
from kit.form_view import handle_button, handle_form
from notices.models import Notice
from notices.services.outbox import mark_caseless_as_read
from office.models import Appointment, User
from office.rights import StaffRequest
from office.unsent import keeps_unsent
from scheduling.absences import end_absence, record_absence, visible_absences
from scheduling.delegations import TEMPORARY, delegate, end_delegation
from scheduling.forms.absence import AbsenceForm
from scheduling.forms.stand_in import StandInForm
from scheduling.models import Absence, Delegation

MAX_PAST = 20


@require_safe
def absences(request: StaffRequest) -> HttpResponse:
    """Show present and coming absences that concern the user, and the latest past ones."""
    found = visible_absences(request.user)
    upcoming = found.upcoming()
    context = {
        "upcoming": upcoming.order_by("starts_at", "pk"),
        "past": found.exclude(pk__in=upcoming.values("pk")).order_by("-starts_at", "-pk")[:MAX_PAST],
    }
    return render(request, "desk/absences/list.html", context)


@keeps_unsent
def record(request: StaffRequest) -> HttpResponse:
    """Record an absence, then show what collides with it."""

    def act(**entered: Any) -> HttpResponse:
        absence = record_absence(by=request.user, **entered)
        messages.success(request, _("Tercatat: %(name)s, %(absence)s.") % _names(absence))
        return redirect("absence", absence.pk)

    return handle_form(request, partial(AbsenceForm, by=request.user), act, "desk/absences/new.html")


@require_safe
def absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one absence. Mark the user's notices about its delegations as read."""
    shown = _get(request.user, pk)
    mark_caseless_as_read(Notice.objects.filter(delegation__absence=shown), by=request.user)
    return render(request, "desk/absences/absence.html", _get_context(shown, request.user))


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """End an absence and its delegations now."""
    shown = _get(request.user, pk)
    done = _("Masa berhalangan %(name)s diakhiri.") % _names(shown)
    return handle_button(request, partial(end_absence, shown, by=request.user), done, "absence", pk)


@require_POST
def name_stand_in(request: StaffRequest, pk: int, source: int) -> HttpResponse:
    """Name an acting holder for one position of the absent head."""
    shown = _get(request.user, pk)
    appointment = get_object_or_404(Appointment.objects.filter(user=shown.person_id), pk=source)

    def act(**entered: Any) -> HttpResponse:
        named = delegate(shown, by=request.user, source=appointment, **entered)
        messages.success(
            request, _("Ditunjuk dan diberi tahu: %(appointment)s") % {"appointment": named.appointment}
        )
        return redirect("absence", pk)

    return handle_form(
        request,
        StandInForm,
        act,
        "desk/absences/absence.html",
        lambda form: _get_context(shown, request.user, {source: form}),
    )


@require_POST
def end_stand_in(request: StaffRequest, pk: int, delegation: int) -> HttpResponse:
    """End a delegation now."""
    _get(request.user, pk)
    found = Delegation.objects.select_related("source__position")
    ended = get_object_or_404(found, pk=delegation, absence=pk)
    done = _("Masa pengganti diakhiri. Keduanya diberi tahu.")
    return handle_button(request, partial(end_delegation, ended, by=request.user), done, "absence", pk)


def _get(user: User, pk: int) -> Absence:
    return get_object_or_404(visible_absences(user), pk=pk)


def _get_context(shown: Absence, user: User, refused: dict[int, StandInForm] | None = None) -> dict[str, Any]:
    page, refused = get_absence_page(shown, user), refused or {}
    return {
        "page": page,
        "absence": shown,
        "vacancies": [(vacancy, refused.get(vacancy.source.pk, StandInForm())) for vacancy in page.vacancies],
        "prefixes": TEMPORARY,
    }


def _names(absence: Absence) -> dict[str, Any]:
    return {"name": absence.person, "absence": absence.summary}
