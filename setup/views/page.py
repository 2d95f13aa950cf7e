"""What all pages of the set-up share: for administrators only, beside the list of steps."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from office.models import Office, User
from setup.checklist import get_checklist
from setup.steps import get_progress


def for_administrators[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Answer 403 to users who are no administrators."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not cast(User, request.user).is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, page)


def render_step(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render the page of a step; with status 422 if `form` has errors."""
    checks, office = get_checklist(), Office.load()
    progress = get_progress(name, checks, is_open=office.is_open)
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    more = {"checks": checks, "progress": progress, "office": office, **context}
    return render(request, f"setup/{name}.html", more, status=status)


def go_on(name: str) -> HttpResponse:
    """Redirect to a step of the set-up."""
    return redirect(PAGES[name])


PAGES = {
    "identitas": "setup_identity",
    "jam": "setup_hours",
    "bidang": "setup_divisions",
    "pegawai": "staff_import",
    "standar": "setup_standard",
    "layanan": "setup_service",
    "periksa": "setup_check",
}
"""URL names of the steps."""
