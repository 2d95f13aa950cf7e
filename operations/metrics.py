"""Metrics for Prometheus: counts of requests and failed logins, and figures of the database (ADR 31).

The counts are added up over the processes of one machine. The figures are read at each scrape, so all
machines give the same ones.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.db import Error
from django.db.models import Count, Max, Min
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from consultations.enums import ENDED, State
from consultations.models import Case
from kit.models import Heartbeat
from notices.models import Message
from operations import conditions, health
from operations.backup.snapshot import get_version

logger = logging.getLogger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable with the folder for the counts of all processes. `gunicorn.conf.py` sets it."""

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


def render_metrics() -> bytes:
    registry = CollectorRegistry()
    registry.register(OfficeCollector())
    return generate_latest(registry) + render_counts()


class OfficeCollector(Collector):
    """The conditions, and the figures if the database gives them in time."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = conditions.examine()
        states = [(condition.check.name, condition.severity) for condition in found]
        yield gauge("condition", "0: ok, 1: needs attention, 2: broken", "name", states)
        yield gauge("info", "Version of Rembuk", "version", [(get_version(), 1)])
        if found[0].is_ok:  # the database
            try:
                with conditions.statement_timeout():
                    yield from collect_figures()
            except Error as error:
                logger.warning("the database did not give the figures: %s", error)


def collect_figures() -> Iterator[GaugeMetricFamily]:
    open_states = [state for state in State if state not in ENDED]
    cases = Case.objects.filter(state__in=open_states).order_by().values_list("state")
    counts = dict.fromkeys(open_states, 0) | dict(cases.annotate(Count("pk")))
    yield gauge("open_cases", "Cases that have not ended", "state", counts.items())

    tasks = health.list_waiting_tasks()
    oldest = tasks.aggregate(since=Min("enqueued_at"))["since"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield GaugeMetricFamily("rembuk_waiting_tasks", "Tasks that wait for a worker", tasks.count())
    yield GaugeMetricFamily("rembuk_oldest_task_seconds", "Time that the oldest of them has waited", age)

    unmade = health.list_unmade().count()
    yield GaugeMetricFamily("rembuk_documents_without_file", "Issued documents without a PDF", unmade)

    messages = Message.objects.order_by()
    unsent = {
        "waiting": messages.filter(status=Message.Status.WAITING, by_hand=False).count(),
        "failed": messages.filter(status=Message.Status.FAILED).count(),
    }
    yield gauge("unsent_messages", "Messages that the system did not send", "status", unsent.items())

    beats = Heartbeat.objects.order_by().values_list("kind").annotate(Max("seen_at"))
    seen = [(kind.lower(), moment.timestamp()) for kind, moment in beats]
    yield gauge("last_seen_timestamp_seconds", "Last heartbeat of a kind of process", "kind", seen)
    if backup := health.get_last_backup():
        name = "rembuk_last_backup_timestamp_seconds"
        yield GaugeMetricFamily(name, "Last backup that is known", backup.timestamp())


def gauge(name: str, meaning: str, label: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"rembuk_{name}", meaning, labels=[label])
    for value, number in values:
        family.add_metric([value], number)
    return family
