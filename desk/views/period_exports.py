"""Pages that start the ZIP file of a period, and then wait on the page of the export."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consultations.parties import get_office_wide_appointment
from desk.evidence import services as folders
from desk.exports.services import create_export_file
from exchange import srikandi as bundles
from kit.refusal import Refused
from office.models import User
from reports.models import Export
from surveys.closing import is_closed


def evidence(request: HttpRequest) -> HttpResponse:
    """List the quarters that are over, or start the folder of one (POST `triwulan`): `map-bukti/`."""

    def get_context() -> dict[str, Any]:
        return {"quarters": [(quarter, is_closed(quarter)) for quarter in folders.list_quarters()]}

    return _choose_period(request, "triwulan", folders.create_folder, "desk/evidence.html", get_context)


def srikandi(request: HttpRequest) -> HttpResponse:
    """List the months, or start the bundle for SRIKANDI of one (POST `bulan`): `srikandi/`."""

    def get_context() -> dict[str, Any]:
        return {"months": bundles.list_months(), "most": bundles.MAX_DOCUMENTS}

    return _choose_period(request, "bulan", bundles.create_bundle, "desk/srikandi.html", get_context)


@require_http_methods(["GET", "HEAD", "POST"])
def _choose_period(
    request: HttpRequest,
    name: str,
    create: Callable[..., Export],
    template: str,
    get_context: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """Show the periods, or create the export of the posted one.

    Status 403 for users who do not see the whole office, 422 for a period that is not offered.
    """
    user, refusal = cast(User, request.user), None
    if get_office_wide_appointment(user) is None:
        raise PermissionDenied
    if request.method == "POST":
        try:
            export = create(request.POST.get(name, ""), by=user)
        except Refused as error:
            refusal = error
        else:
            create_export_file.enqueue(str(export.pk))
            return redirect("export_page", pk=export.pk)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if refusal else HTTPStatus.OK
    return render(request, template, {**get_context(), "refusal": refusal}, status=status)
