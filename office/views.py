"""Health check and the error page for unreadable requests."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database answers, else 503. For a load balancer or a supervisor."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for a request that cannot be parsed.

    Django's own handler reads `request.POST` again for the CSRF token, and fails.
    """
    return HttpResponse(render_to_string("400.html"), status=400)
