"""The page of the audit log (Catatan akses)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.audit.filters import AuditFilter
from consultations.audit.models import Act
from consultations.audit.queries import list_readings_by_day
from consultations.audit.services import record
from consultations.models import Case
from consultations.secret_link import behind_secret
from kit.pagination import newest_first
from office import rights
from office.models import Role
from office.rights import StaffRequest, requires

FIELDS = ("at", "act", "title", "address", "target", "user__name", "user__username", "case__code")


@requires(rights.READ_AUDIT_LOG)
@require_safe
def access_log(request: StaffRequest) -> HttpResponse:
    """List the entries that the user may read, newest first. The reading is recorded itself."""
    chosen = AuditFilter(request.GET, request.user)
    page = newest_first(chosen.qs, request.GET, shown=FIELDS)
    record(Act.AUDIT_LOG, by=request.user, target=chosen.names)
    context = {"filter": chosen, "page": page, "opens_cases": Role.HEAD in request.user.roles}
    return render(request, "audit/log.html", context)


@behind_secret
def readings(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the applicant on which days who opened what of the case: positions, without names."""
    return render(request, "audit/readings.html", {"case": case, "days": list_readings_by_day(case)})
