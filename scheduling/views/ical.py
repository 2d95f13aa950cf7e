"""The schedule of a case as a file for a personal calendar, for the applicant and for the office."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import Act
from audit.services import record
from consultations.models import Case
from consultations.secret_link import behind_secret, get_reader
from office.models import Office, User
from scheduling.ical import CONTENT_TYPE, render_ical
from scheduling.queries import upcoming_session


@behind_secret
def applicant_calendar_file(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the file of `p/<secret>/jadwal.ics`. Answer 404 if no consultation is ahead."""
    return _respond(case, by=get_reader(request, case))


@never_cache
@require_safe
def case_calendar_file(request: HttpRequest, code: str) -> HttpResponse:
    """Return the file of `permohonan/<code>/jadwal.ics`.

    Answer 404 if the case is not visible or no consultation is ahead.
    """
    user = cast(User, request.user)
    return _respond(get_object_or_404(Case.objects.visible_to(user), code=code), by=user)


def _respond(case: Case, *, by: User | None) -> HttpResponse:
    session = upcoming_session(case)
    if session is None:
        raise Http404
    record(Act.DOCUMENT, by=by, case=case, target="jadwal.ics")
    content = render_ical(case, session, office=Office.load())
    name = f'attachment; filename="jadwal-{case.code}.ics"'
    return HttpResponse(content, CONTENT_TYPE, headers={"Content-Disposition": name})
