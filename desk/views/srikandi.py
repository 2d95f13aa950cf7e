"""The page of the bundles for SRIKANDI."""

from http import HTTPStatus
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consultations.parties import get_office_wide_appointment
from consultations.workflow import Refused
from desk.exports.services import create_export_file
from exchange import srikandi as services
from office.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def srikandi(request: HttpRequest) -> HttpResponse:
    """List the months, or start the bundle of one (POST `bulan`): `srikandi/`.

    Status 403 for users who do not see the whole office, 422 for another month.
    """
    user, refusal = cast(User, request.user), None
    if get_office_wide_appointment(user) is None:
        raise PermissionDenied
    if request.method == "POST":
        try:
            export = services.create_bundle(request.POST.get("bulan", ""), by=user)
        except Refused as error:
            refusal = error
        else:
            create_export_file.enqueue(str(export.pk))
            return redirect("export_page", pk=export.pk)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if refusal else HTTPStatus.OK
    context = {"months": services.list_months(), "refusal": refusal, "most": services.MAX_DOCUMENTS}
    return render(request, "desk/srikandi.html", context, status=status)
