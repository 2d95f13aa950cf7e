"""The schedule of a case as a file for one's own calendar: for the applicant and for the office."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations.models import Case
from consultations.secret_link import behind_secret
from office.models import Office, User
from scheduling.ical import CONTENT_TYPE, calendar_file
from scheduling.queries import upcoming_session


@behind_secret
@require_safe
def applicants_calendar_file(request: HttpRequest, case: Case) -> HttpResponse:
    """`p/<secret>/jadwal.ics`. 404 where no consultation is ahead."""
    return _answer(case)


@never_cache
@require_safe
def calendar_file_of(request: HttpRequest, code: str) -> HttpResponse:
    """`permohonan/<code>/jadwal.ics`. 404 where the case is not visible or no consultation is ahead."""
    visible = Case.objects.visible_to(cast(User, request.user))
    return _answer(get_object_or_404(visible, code=code))


def _answer(case: Case) -> HttpResponse:
    session = upcoming_session(case)
    if session is None:
        raise Http404
    content = calendar_file(case, session, office=Office.load())
    name = f'attachment; filename="jadwal-{case.code}.ics"'
    return HttpResponse(content, CONTENT_TYPE, headers={"Content-Disposition": name})
