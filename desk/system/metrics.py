"""Figures of the office for Prometheus, read from the database at each scrape (ADR 31).

All machines and processes give the same answer. `config/metrics.py` counts what the database does not know.
"""

import logging
from collections.abc import Iterable, Iterator

from django.db import Error
from django.db.models import Count, Max, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.metrics import render_counts
from consultations.enums import ENDED, State
from consultations.models import Case
from desk.system import checks, conditions
from notices.models import Message
from office.backup.manifest import get_version
from office.models.heartbeat import Heartbeat

logger = logging.getLogger(__name__)


def render_metrics() -> bytes:
    """Return all metrics in the text format of Prometheus."""
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

    tasks = checks.list_waiting_tasks()
    oldest = tasks.aggregate(since=Min("enqueued_at"))["since"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield GaugeMetricFamily("rembuk_waiting_tasks", "Tasks that wait for a worker", tasks.count())
    yield GaugeMetricFamily("rembuk_oldest_task_seconds", "Time that the oldest of them has waited", age)

    unmade = checks.list_unmade().count()
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
    if backup := checks.get_last_backup():
        name = "rembuk_last_backup_timestamp_seconds"
        yield GaugeMetricFamily(name, "Last backup that is known", backup.timestamp())


def gauge(name: str, meaning: str, label: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"rembuk_{name}", meaning, labels=[label])
    for value, number in values:
        family.add_metric([value], number)
    return family
