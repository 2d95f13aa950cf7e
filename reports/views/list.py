"""The list of accepted reports: closed cases with number, minutes of service and the paper."""

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

NAMES = ("code", "report_number", "subject", "applicant_name", "organisation", "closed_at")
PEOPLE = ("division__name", "officer__name", "officer__username")
SHOWN = (*NAMES, *PEOPLE)
"""What a row of the list shows."""


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The visible cases whose report the Kepala Dinas has accepted, the newest request first."""
    closed = Case.objects.visible_to(cast(User, request.user)).filter(closed_at__isnull=False)
    page = newest_first(closed, request.GET, shown=SHOWN)
    prints = bool(scopes(Register.Kind.RECAP, cast(User, request.user)))
    minutes = service_minutes(case.pk for case in page.rows)
    rows = [(case, minutes.get(case.pk)) for case in page.rows]
    return render(request, "reports/list.html", {"page": page, "rows": rows, "prints_recap": prints})
