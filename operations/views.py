"""The state of the system: for monitoring (`/healthz/ready`, `/metrics`) and for the administrator."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.log import log_response
from django.utils.translation import gettext as _

from operations.conditions import State, examine, list_facts


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Return the state of each condition, with 503 if one is broken, else 200. The public learns no more.

    Without worker, scheduler and mail the pages work, so a load balancer may use it.
    """
    conditions = examine()
    worst = max(conditions, key=lambda condition: condition.severity).state
    states = {condition.check.name: condition.state for condition in conditions}
    response = JsonResponse({"state": worst, "conditions": states})
    if worst == State.BROKEN:
        response.status_code = 503
        # Logged here, because Django would log an error each time somebody asks.
        log_response("not ready: %s", request.path, response=response, request=request, level="info")
    return response


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics for Prometheus, which sends METRICS_TOKEN. Without that setting: 404."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    # The library is optional.
    from prometheus_client import CONTENT_TYPE_LATEST

    from operations.metrics import render_metrics

    return HttpResponse(render_metrics(), content_type=CONTENT_TYPE_LATEST)


def status(request: HttpRequest) -> HttpResponse:
    """Render the page *Keadaan sistem* in `pengaturan/`."""
    conditions = sorted(examine(), key=lambda condition: -condition.severity)
    context = {
        **admin.site.each_context(request),
        "title": _("Keadaan sistem"),
        "conditions": conditions,
        "faults": sum(not condition.is_ok for condition in conditions),
        "facts": list(list_facts()),
    }
    return render(request, "operations/system.html", context)
