"""Pages under `berhalangan/`: absences of the staff, their collisions, and the acting heads."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk.absences import get_absence_page
from kit.refusal import Refused
from notices.models import Notice
from notices.services.outbox import mark_caseless_as_read
from office.models import Appointment, User
from office.unsent import keeps_unsent, take_unsent
from scheduling.absences import end_absence, record_absence, visible_absences
from scheduling.delegations import TEMPORARY, delegate, end_delegation
from scheduling.forms.absence import AbsenceForm
from scheduling.forms.stand_in import StandInForm
from scheduling.models import Absence, Delegation

MAX_PAST = 20


@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """Show present and coming absences that concern the user, and the latest past ones."""
    found = visible_absences(cast(User, request.user))
    upcoming = found.upcoming()
    context = {
        "upcoming": upcoming.order_by("starts_at", "pk"),
        "past": found.exclude(pk__in=upcoming.values("pk")).order_by("-starts_at", "-pk")[:MAX_PAST],
    }
    return render(request, "desk/absences/list.html", context)


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Record an absence, then show what collides with it. Answer 422 if a field is invalid."""
    user = cast(User, request.user)
    if request.method != "POST":
        unsent = take_unsent(request)
        initial = AbsenceForm(unsent, by=user).typed() if unsent else None
        return render(request, "desk/absences/new.html", {"form": AbsenceForm(by=user, initial=initial)})
    form = AbsenceForm(request.POST, by=user)
    if form.is_valid():
        try:
            absence = record_absence(by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Tercatat: %(name)s, %(absence)s.") % _names(absence))
            return redirect("absence", absence.pk)
    return render(request, "desk/absences/new.html", {"form": form}, status=422)


@require_safe
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one absence. Mark the user's notices about its delegations as read."""
    user = cast(User, request.user)
    shown = _get(user, pk)
    mark_caseless_as_read(Notice.objects.filter(delegation__absence=shown), by=user)
    return _show(request, shown)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an absence and its delegations now."""
    user = cast(User, request.user)
    shown = _get(user, pk)
    try:
        end_absence(shown, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Masa berhalangan %(name)s diakhiri.") % _names(shown))
    return redirect("absence", pk)


@require_POST
def name_stand_in(request: HttpRequest, pk: int, source: int) -> HttpResponse:
    """Name an acting holder for one position of the absent head. Answer 422 if a field is invalid."""
    user = cast(User, request.user)
    shown = _get(user, pk)
    appointment = get_object_or_404(Appointment.objects.filter(user=shown.person_id), pk=source)
    form = StandInForm(request.POST)
    if form.is_valid():
        try:
            named = delegate(shown, by=user, source=appointment, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(
                request, _("Ditunjuk dan diberi tahu: %(appointment)s") % {"appointment": named.appointment}
            )
            return redirect("absence", pk)
    return _show(request, shown, status=422, refused={source: form})


@require_POST
def end_stand_in(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    """End a delegation now."""
    user = cast(User, request.user)
    _get(user, pk)
    ended = get_object_or_404(
        Delegation.objects.select_related("source__position"), pk=delegation, absence=pk
    )
    try:
        end_delegation(ended, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Masa pengganti diakhiri. Keduanya diberi tahu."))
    return redirect("absence", pk)


def _get(user: User, pk: int) -> Absence:
    return get_object_or_404(visible_absences(user), pk=pk)


def _show(
    request: HttpRequest, shown: Absence, *, status: int = 200, refused: dict[int, StandInForm] | None = None
) -> HttpResponse:
    page = get_absence_page(shown, cast(User, request.user))
    refused = refused or {}
    context: dict[str, Any] = {
        "page": page,
        "absence": shown,
        "vacancies": [(vacancy, refused.get(vacancy.source.pk, StandInForm())) for vacancy in page.vacancies],
        "prefixes": TEMPORARY,
    }
    return render(request, "desk/absences/absence.html", context, status=status)


def _names(absence: Absence) -> dict[str, Any]:
    return {"name": absence.person, "absence": absence.summary}
