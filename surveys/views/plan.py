"""The follow-up plan of a period: the page of one item, and its photograph."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.views.files import INERT_CSP
from consultations.workflow import Refused
from intake.uploads import MAX_BYTES
from kit.limits import body_limit
from office.models import User
from office.periods import Period
from office.unsent import keeps_unsent, take_unsent
from surveys import services
from surveys.elements import ELEMENTS
from surveys.forms import PlanItemForm
from surveys.models import PlanItem
from surveys.queries import is_published, list_plan
from surveys.roles import PLANNERS, get_appointment


@body_limit(files=MAX_BYTES)
@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def plan_item(request: HttpRequest, key: str, element: str) -> HttpResponse:
    """Write or update the plan for one element of a period: `survei/rencana/<key>/<element>/`.

    Status 409 if the element is not among the lowest of a shown result, 422 if a field is invalid.
    """
    user, period = cast(User, request.user), Period.of(key)
    if get_appointment(user, PLANNERS) is None:
        raise PermissionDenied
    if period is None or not period.quarters or element not in ELEMENTS:
        raise Http404
    item = list_plan(period).filter(element=element).first()
    names = ("action", "responsible", "due", "percent")
    initial = {name: getattr(item, name) for name in names} if item else {"percent": 0}
    posted, status = request.POST if request.method == "POST" else take_unsent(request), HTTPStatus.OK
    has_photo = bool(item and item.photo)
    form = PlanItemForm(posted or None, request.FILES or None, initial=initial, has_photo=has_photo)
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                services.save_plan_item(by=user, period=period, element=element, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("Rencana tindak lanjut tersimpan."))
                return redirect(f"{reverse('surveys')}?since={period.since}&until={period.until}")
    context = {"form": form, "period": period, "element": ELEMENTS[element], "item": item}
    return render(request, "surveys/plan_item.html", context, status=status)


@login_not_required
@require_safe
def plan_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the photograph of a plan item; 404 for the public before its result is published."""
    item = get_object_or_404(PlanItem.objects.exclude(photo=""), pk=pk)
    if not (request.user.is_authenticated or is_published(item.since, item.until)):
        raise Http404
    try:
        content = item.photo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        filename=item.photo_name,
        headers={"Content-Security-Policy": INERT_CSP, "X-Content-Type-Options": "nosniff"},
    )
