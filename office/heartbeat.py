"""Heartbeats: each background process stores when it was last alive, so that others notice its death.

All times are those of the database's clock, so that wrong clocks of machines do not matter.
"""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.models.functions import Now

from office.models.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

Kind = Heartbeat.Kind

INTERVAL = 10
"""Seconds between two heartbeats of a worker."""

RETENTION = dt.timedelta(days=1)
"""Time for which the last heartbeat of a dead process is stored."""


@dataclass(frozen=True)
class SilentKind:
    """A kind of process without a living process, last seen at `since` (None: not known)."""

    kind: Kind
    since: dt.datetime | None


def beat(kind: Kind, name: str) -> None:
    """Store that the process `name` is alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, kind=kind, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )


@contextmanager
def beating(kind: Kind, name: str) -> Iterator[None]:
    """Beat at once, and within the block every INTERVAL seconds in a thread of its own."""
    beat(kind, name)
    stopped = Event()
    thread = Thread(target=_beat_until, args=(stopped, kind, name), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _beat_until(stopped: Event, kind: Kind, name: str) -> None:
    while not stopped.wait(INTERVAL):
        try:
            close_old_connections()
            beat(kind, name)
        except Error as error:
            logger.warning("no heartbeat of %s %s: %s", kind, name, error)
    connection.close()


def living_workers() -> set[str]:
    """Return the names of the workers that are alive."""
    limit = dt.timedelta(seconds=settings.WORKER_SILENT_AFTER)
    workers = Heartbeat.objects.filter(kind=Kind.WORKER)
    return {name for name, seen, now in workers.values_list("name", "seen_at", Now()) if now - seen <= limit}


def list_silent() -> list[SilentKind]:
    """Return the kinds of process that have no living process."""
    beats = list(Heartbeat.objects.values_list("kind", "seen_at", Now()))
    return find_silent({kind: (seen, now) for kind, seen, now in sorted(beats)})


def find_silent(latest: Mapping[str, tuple[dt.datetime, dt.datetime]]) -> list[SilentKind]:
    """Return the silent kinds. `latest` has a kind's last heartbeat and the database's present moment."""
    limits = {Kind.WORKER: settings.WORKER_SILENT_AFTER, Kind.SCHEDULER: settings.SCHEDULER_SILENT_AFTER}
    silent = []
    for kind, limit in limits.items():
        seen, now = latest.get(kind, (None, None))
        if seen is None or now is None or now - seen > dt.timedelta(seconds=limit):
            silent.append(SilentKind(kind, seen))
    return silent


def delete_old_heartbeats() -> int:
    """Delete the heartbeats of processes that died more than RETENTION ago; return their number."""
    return int(Heartbeat.objects.filter(seen_at__lt=Now() - RETENTION).delete()[0])
