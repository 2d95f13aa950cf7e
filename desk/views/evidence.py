"""The folder of evidence: choose a quarter, then wait on the page of the export."""

from http import HTTPStatus
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consultations.parties import get_office_wide_appointment
from consultations.workflow import Refused
from desk.evidence import services
from desk.exports.services import create_export_file
from office.models import User
from surveys.closing import is_closed


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """List the quarters that are over, or start the folder of one (POST `triwulan`): `map-bukti/`.

    Status 403 for users who do not see the whole office, 422 for another quarter.
    """
    user, refusal = cast(User, request.user), None
    if get_office_wide_appointment(user) is None:
        raise PermissionDenied
    if request.method == "POST":
        try:
            export = services.create_folder(request.POST.get("triwulan", ""), by=user)
        except Refused as error:
            refusal = error
        else:
            create_export_file.enqueue(str(export.pk))
            return redirect("export_page", pk=export.pk)
    quarters = [(quarter, is_closed(quarter)) for quarter in services.list_quarters()]
    status = HTTPStatus.UNPROCESSABLE_CONTENT if refusal else HTTPStatus.OK
    context = {"quarters": quarters, "refusal": refusal}
    return render(request, "desk/evidence.html", context, status=status)
