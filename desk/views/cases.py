"""The list of cases."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from consultations.complaint_deadlines import set_days_left
from consultations.queries import with_people
from desk.filters import CaseFilter
from office.models import User


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List the visible cases, newest first, narrowed by filters; or those that a search finds, best first.

    A search for a code or an agenda number opens its case.
    """
    narrowed = CaseFilter(request.GET, cast(User, request.user))
    page = narrowed.get_page()
    if case := narrowed.get_named(page):
        return redirect("case", case.code)
    set_days_left(with_people(page.rows))
    context = {
        "filter": narrowed,
        "page": page,
        "office": narrowed.office,
    }
    return render(request, "desk/cases.html", context)
