"""The page of the audit log (Catatan akses)."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.filters import AuditFilter
from audit.models import Act
from audit.queries import list_readings_by_day, may_read
from audit.services import record
from consultations.models import Case
from consultations.pagination import newest_first
from consultations.secret_link import behind_secret
from office.models import Role, User

FIELDS = ("at", "act", "title", "address", "target", "user__name", "user__username", "case__code")


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """List the entries that the user may read, newest first. The reading is recorded itself.

    Answer 404 to users who may not read the log.
    """
    user = cast(User, request.user)
    if not may_read(user):
        raise Http404
    chosen = AuditFilter(request.GET, user)
    page = newest_first(chosen.qs, request.GET, shown=FIELDS)
    record(Act.AUDIT_LOG, by=user, target=chosen.names)
    context = {"filter": chosen, "page": page, "opens_cases": Role.HEAD in user.roles}
    return render(request, "audit/log.html", context)


@behind_secret
def readings(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the applicant on which days who opened what of the case: positions, without names."""
    return render(request, "audit/readings.html", {"case": case, "days": list_readings_by_day(case)})
