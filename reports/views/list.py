"""The list of accepted reports with number, service minutes and document."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.models import Case
from consultations.pagination import newest_first
from office.models import User
from reports.models import Register
from reports.registers import scopes
from scheduling.queries import service_minutes

FIELDS = (
    *("code", "report_number", "subject", "applicant_name", "organisation", "closed_at"),
    *("division__name", "officer__name", "officer__username"),
)


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the visible cases with an accepted report, newest request first."""
    user = cast(User, request.user)
    closed = Case.objects.visible_to(user).filter(closed_at__isnull=False)
    page = newest_first(closed, request.GET, shown=FIELDS)
    prints = bool(scopes(Register.Kind.RECAP, user))
    minutes = service_minutes(case.pk for case in page.rows)
    rows = [(case, minutes.get(case.pk)) for case in page.rows]
    return render(request, "reports/list.html", {"page": page, "rows": rows, "prints_recap": prints})
