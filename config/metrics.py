"""Counts of requests and failed logins for Prometheus, added up over the processes of the web server."""

import os
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable with the folder for the counts of all processes; `gunicorn.conf.py` sets it."""

REGISTRY = CollectorRegistry()
SECONDS = Histogram(
    "rembuk_request_seconds",
    "Time until the response begins",
    ["view", "status"],
    registry=REGISTRY,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FAILED_LOGINS = Counter("rembuk_failed_logins", "Logins with a wrong password or name", registry=REGISTRY)


def metrics_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Measure each request, by URL name and status."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = monotonic()
        response = get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else None) or "none"
        SECONDS.labels(view, response.status_code).observe(monotonic() - began)
        return response

    return middleware


@receiver(user_login_failed)
def count_failed_login(**_signal: Any) -> None:
    FAILED_LOGINS.inc()


def render_counts() -> bytes:
    """Return the counts of all processes in the text format of Prometheus."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)
