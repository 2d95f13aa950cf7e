"""The list of classification codes, health checks and error pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from office.models.codes import MAX_SHOWN, find_choices, find_codes


@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Search the office's codes by code or name (`?q=`); with `?daftar`, return the options of a field."""
    text, is_field = request.GET.get("q", "")[:80], "daftar" in request.GET
    found = find_choices(text) if is_field else find_codes(text)
    template = "office/code_options.html" if is_field else "office/codes.html"
    number = len(found)
    context = {"rows": found[:MAX_SHOWN], "text": text, "number": number, "is_cut": number > MAX_SHOWN}
    return render(request, template, context)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database answers, else 503. For a load balancer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
def healthz_live(request: HttpRequest) -> HttpResponse:
    """Return 200: the process answers. For a supervisor that restarts processes that do not answer."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for a request that is not allowed.

    Django's own handlers for 403 and 404 check the CSRF token once more. For that they parse the request body
    and fail if the body is malformed.
    """
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for an unknown address. See `forbidden()`."""
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for a request that cannot be parsed.

    Django's own handler reads `request.POST` again for the CSRF token, and fails.
    """
    return HttpResponse(render_to_string("400.html"), status=400)
