"""The office's page of the survey: the figures of a period, and publishing them with a follow-up plan."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.views.steps import CONFLICT, UNPROCESSABLE
from consultations.workflow import Refused
from office.models import User
from surveys import periods, services
from surveys.forms.publishing import PeriodForm, PublishForm
from surveys.models import Publication
from surveys.results import MOST_COMMENTS, comments, result
from surveys.services import ENTERING, PUBLISHERS, READERS, appointment_among
from surveys.views.results import newest_first


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of a period (`?since=&until=`, otherwise this quarter); POST publishes them: `survei/`.

    For Sekretariat, Tim PKD and Kepala Dinas; comments and publishing for the last two. 422 with what was
    typed where something is wrong with it, 409 where the period cannot be published.
    """
    user = cast(User, request.user)
    if appointment_among(user, READERS) is None:
        raise PermissionDenied
    if request.method == "POST":
        return _publish(request, user)
    since, until = periods.usual()[0]
    form = PeriodForm({"since": since, "until": until, **request.GET.dict()})
    return _page(request, user, form, status=200 if form.is_valid() else UNPROCESSABLE)


def _publish(request: HttpRequest, user: User) -> HttpResponse:
    if appointment_among(user, PUBLISHERS) is None:
        raise PermissionDenied
    form, period = PublishForm(request.POST), PeriodForm(request.POST)
    if not form.is_valid():
        period.is_valid()
        return _page(request, user, period, form, status=UNPROCESSABLE)
    try:
        publication = services.publish(by=user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        period.is_valid()
        return _page(request, user, period, form, status=CONFLICT)
    messages.success(request, _("Hasil survei sudah diterbitkan."))
    return redirect(publication)


def _page(
    request: HttpRequest,
    user: User,
    form: PeriodForm,
    publishing: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "usual": [(periods.name(*days), *days) for days in periods.usual()],
        "enters": appointment_among(user, ENTERING),
        "published": newest_first(),
    }
    if form.is_valid():
        context |= _figures(user, form.cleaned_data, publishing)
    return render(request, "surveys/overview.html", context, status=status)


def _figures(user: User, days: Mapping[str, Any], publishing: PublishForm | None) -> dict[str, Any]:
    """What the period of the page came to, for whom it is shown."""
    found = result(days["since"], days["until"])
    shown: dict[str, Any] = {"result": found, "period": periods.name(days["since"], days["until"])}
    if appointment_among(user, PUBLISHERS):
        earlier = Publication.objects.filter(**days).order_by("version").last()
        kept = {"plan": earlier.plan, "seen": earlier.version} if earlier else {"plan": "", "seen": 0}
        shown |= {
            "is_whole": periods.is_whole(days["since"], days["until"]),
            "not_whole": services.NOT_WHOLE,
            "publishing": publishing or PublishForm(initial={**days, **kept}),
            "comments": comments(user, days["since"], days["until"]) if found.grade else [],
            "most_comments": MOST_COMMENTS,
        }
    return shown
