"""The attendance list of a consultation or a meeting, to be printed and signed."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from audit.models import Act
from audit.services import record
from consultations.models import Case
from consultations.queries import get_visible_case
from office.models import User
from reports import printed_forms
from scheduling.queries import current_session


@require_safe
@cache_control(private=True, no_store=True)
def attendance_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Return the attendance list of a visible case; 409 if no meeting is planned or was held."""
    case = get_visible_case(cast(User, request.user), code)
    session = current_session(case)
    if session is None or session.is_written:
        refusal = _("Daftar hadir dapat dicetak sesudah konsultasi dijadwalkan.")
        context = {"case": case, "title": _("Daftar hadir"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    return _answer(request, case, printed_forms.attendance_sheet(case, session))


@require_safe
@cache_control(private=True, no_store=True)
def meeting_sheet(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Return the attendance list of a meeting (forum rapat) of a visible case."""
    case = get_visible_case(cast(User, request.user), code)
    meeting = get_object_or_404(case.meetings.select_related("by"), pk=pk)
    return _answer(request, case, printed_forms.meeting_sheet(case, meeting))


def _answer(request: HttpRequest, case: Case, content: bytes) -> HttpResponse:
    record(Act.DOCUMENT, by=cast(User, request.user), case=case, target="daftar-hadir")
    headers = {"Content-Disposition": f'inline; filename="daftar-hadir-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
