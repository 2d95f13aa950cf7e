"""The office's page of the survey: the figures of a period, and publishing them with a follow-up plan."""

import datetime as dt
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.workflow import Refused
from office import clock
from office.models import User
from surveys import periods, services
from surveys.forms.publishing import PeriodForm, PublishForm
from surveys.models import Publication
from surveys.results import MOST_COMMENTS, comments, first_day, result
from surveys.services import ENTERING, PUBLISHERS, READERS, appointment_among
from surveys.views.results import newest_first


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of a period (`?since=&until=`, otherwise this quarter); POST publishes them: `survei/`.

    For Sekretariat, Tim PKD and Kepala Dinas; comments and publishing for the last two. 422 with the choices
    for what is no quarter, half-year or year, and with what was typed where something is wrong with it; 409
    where the period cannot be published.
    """
    user = cast(User, request.user)
    if appointment_among(user, READERS) is None:
        raise PermissionDenied
    first = first_day()
    if request.method == "POST":
        return _publish(request, user, first)
    since, until = periods.quarter_of(clock.today())
    form = PeriodForm({"since": since, "until": until, **request.GET.dict()}, first=first)
    return _page(request, user, form, status=200 if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY)


def _publish(request: HttpRequest, user: User, first: dt.date) -> HttpResponse:
    if appointment_among(user, PUBLISHERS) is None:
        raise PermissionDenied
    form, status = PublishForm(request.POST, first=first), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            publication = services.publish(by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Hasil survei sudah diterbitkan."))
            return redirect(publication)
    return _page(request, user, PeriodForm(request.POST, first=first), form, status=status)


def _page(
    request: HttpRequest,
    user: User,
    form: PeriodForm,
    publishing: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "enters": appointment_among(user, ENTERING),
        "published": newest_first(),
    }
    if form.is_valid():
        context |= _figures(user, form, publishing)
    return render(request, "surveys/overview.html", context, status=status)


def _figures(user: User, form: PeriodForm, publishing: PublishForm | None) -> dict[str, Any]:
    """What the period of the page came to, for whom it is shown."""
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    found = result(since, until)
    shown: dict[str, Any] = {"result": found, "period": periods.name(since, until)}
    if appointment_among(user, PUBLISHERS):
        obstacle = services.obstacle(since, until, found)
        shown |= {
            "publishes": True,
            "obstacle": obstacle,
            "publishing": publishing or (None if obstacle else _form_of(form)),
            "comments": comments(user, since, until) if found.grade else [],
            "most_comments": MOST_COMMENTS,
        }
    return shown


def _form_of(period: PeriodForm) -> PublishForm:
    """The form that publishes a period, with the plan of the version before where there is one."""
    days = period.cleaned_data
    earlier = Publication.objects.filter(**days).order_by("version").last()
    kept = {"plan": earlier.plan, "seen": earlier.version} if earlier else {"plan": "", "seen": 0}
    return PublishForm(initial={**days, **kept}, first=period.first)
