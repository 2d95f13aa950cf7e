"""The list of accepted reports with number, service minutes and document."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.pagination import newest_first
from consultations.queries import of_visible_case
from office.models import User
from reports.models import Register, ReportNumber
from reports.registers.printing import scopes
from scheduling.queries import service_minutes

FIELDS = (
    *("code", "report_number", "subject", "applicant_name", "organisation", "closed_at", "state"),
    *("division__name", "officer__name", "officer__username"),
)


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the visible cases with an accepted report by falling report number."""
    user = cast(User, request.user)
    accepted = ReportNumber.objects.filter(of_visible_case(user), case__closed_at__isnull=False)
    page = newest_first(accepted, request.GET, shown=[f"case__{field}" for field in FIELDS])
    prints = bool(scopes(Register.Kind.RECAP, user))
    minutes = service_minutes(row.case_id for row in page.rows)
    rows = [(row.case, minutes.get(row.case_id)) for row in page.rows]
    return render(request, "reports/list.html", {"page": page, "rows": rows, "prints_recap": prints})
