"""Exports of lists and periods: start one, wait for its file, download it. A file is private to its user."""

from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from desk.evidence import EVIDENCE
from desk.exports.services import PERIOD_EXPORTS, create_export_file, start_export
from desk.exports.tables import MAX_ROWS, TABLES
from exchange.srikandi import BUNDLE, MAX_DOCUMENTS
from kit.refusal import Refused
from kit.table import CONTENT_TYPES, WRITERS
from office import rights
from office.models import User
from reports.exports import Export, PeriodExport
from reports.surveys.regulation import is_closed

NOT_FILTERS = ("csrfmiddlewaretoken", "before", "after", "newest")
"""Fields of the pages' forms and addresses that do not choose rows."""

TYPES = {**CONTENT_TYPES, "zip": "application/zip"}


@require_POST
def export(request: HttpRequest, slug: str, file_format: str) -> HttpResponse:
    """Export a list with the filters of the address and the form: send the file, or the page to wait on.

    Return to the list with a sentence if its filters are not valid.
    """
    table = TABLES.get(slug)
    if table is None or file_format not in WRITERS:
        raise Http404
    params = request.GET.copy()
    params.update(request.POST)
    for name in NOT_FILTERS:
        params.pop(name, None)
    try:
        made = start_export(table, params, file_format, by=cast(User, request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
        name, *args = table.page
        return redirect(f"{reverse(name, args=args)}?{params.urlencode()}")
    return redirect("export_file" if made.is_ready and not made.is_cut else "export_page", pk=made.pk)


def evidence(request: HttpRequest) -> HttpResponse:
    """List the quarters that are over, or start the folder of one (POST `triwulan`): `map-bukti/`."""
    return _choose_period(request, EVIDENCE, "triwulan", "desk/evidence.html", {})


def srikandi(request: HttpRequest) -> HttpResponse:
    """List the months, or start the bundle for SRIKANDI of one (POST `bulan`): `srikandi/`."""
    return _choose_period(request, BUNDLE, "bulan", "desk/srikandi.html", {"most": MAX_DOCUMENTS})


@require_http_methods(["GET", "HEAD", "POST"])
def _choose_period(
    request: HttpRequest, offered: PeriodExport, name: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show the periods, or create the export of the posted one.

    Status 403 for users who do not see the whole office, 422 for a period that is not offered.
    """
    user, refusal = cast(User, request.user), None
    rights.EXPORT_PERIODS.check(user)
    if request.method == "POST":
        try:
            made = offered.create(request.POST.get(name, ""), by=user)
        except Refused as error:
            refusal = error
        else:
            create_export_file.enqueue(str(made.pk))
            return redirect("export_page", pk=made.pk)
    context |= {"periods": [(period, is_closed(period)) for period in offered.list_periods()]}
    status = HTTPStatus.UNPROCESSABLE_CONTENT if refusal else HTTPStatus.OK
    return render(request, template, {**context, "refusal": refusal}, status=status)


@require_safe
def export_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far the file is, or the link to it. With JavaScript the page refreshes itself."""
    found = _get_own(request, pk)
    table = TABLES.get(found.table)
    title = (table or PERIOD_EXPORTS[found.table]).title
    context = {"export": found, "title": title, "is_list": table is not None, "most": MAX_ROWS}
    return render(request, "desk/export.html", context)


@require_safe
def export_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Download the file and record it. Send to its page while it is not ready, or after it was deleted.

    Answer 403 to a user who left the office.
    """
    found = _get_own(request, pk)
    if not found.by.current_appointments:
        raise PermissionDenied
    try:
        file = found.file.open("rb") if found.is_ready else None
    except FileNotFoundError:
        file = None
    if file is None:
        return redirect("export_page", pk=pk)
    record(Act.EXPORT, by=found.by, target=str(found))
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{found.table}-{timezone.localdate(found.at).isoformat()}.{found.format}",
        content_type=TYPES[found.format],
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


def _get_own(request: HttpRequest, pk: UUID) -> Export:
    """Return an export of this user. Answer 404 for those of others."""
    return get_object_or_404(Export, pk=pk, by=cast(User, request.user))
