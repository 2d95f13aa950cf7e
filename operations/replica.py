"""Reads from an optional copy of the database (REPLICA_URL). `config/replica.py` says on which pages.

The copy is used while it knows a heartbeat of a worker or scheduler that is at most MAX_LAG old. Otherwise,
or if it does not answer, everything reads the primary database.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.models import Model
from django.db.models.functions import Now

from kit.models import Heartbeat

REPLICA = "replica"

MAX_LAG = dt.timedelta(seconds=15)
"""Age of the newest heartbeat in the copy, above which the copy is not used. A worker beats every 10 s."""

CHECK_EVERY = 1
"""Seconds for which a process knows that the copy is fresh enough."""

PAUSE = 10
"""Seconds for which a process does not use a copy that failed."""

PRIMARY_PACKAGES = frozenset({"office", "kit", "django", "allauth", "django_tasks_db"})
"""Packages whose models are always read from the primary: who a user is and may do, rate limits, tasks."""

logger = logging.getLogger(__name__)

_is_reading: ContextVar[bool] = ContextVar("is_reading_replica", default=False)


class Freshness:
    """Whether the copy is fresh enough, as this process knows it until a moment of the monotonic clock."""

    is_fresh = False
    until = 0.0


class ReplicaRouter:
    """Read from the copy within `reading()`, but never within a transaction. Write to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        if (
            not _is_reading.get()
            or model.__module__.partition(".")[0] in PRIMARY_PACKAGES
            or getattr(model, "is_remembered", False)
            or connection.in_atomic_block
        ):
            return DEFAULT_DB_ALIAS
        return REPLICA

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool | None:
        return False if database == REPLICA else None


@contextmanager
def reading(*, since: Model | None = None) -> Iterator[bool]:
    """Read from the copy within the block if there is a fresh one; yield whether.

    `since` is a row that the copy must know: then it also knows what was committed before that row.
    """
    can_read = REPLICA in connections.settings and is_fresh() and (since is None or _knows(since))
    token = _is_reading.set(can_read)
    try:
        yield can_read
    finally:
        _is_reading.reset(token)


def is_fresh() -> bool:
    """Return whether the copy lags less than MAX_LAG. Asks it every CHECK_EVERY seconds."""
    if time.monotonic() >= Freshness.until:
        Freshness.until = time.monotonic() + CHECK_EVERY
        newest = Heartbeat.objects.using(REPLICA).filter(seen_at__gt=Now() - MAX_LAG)
        Freshness.is_fresh = _ask(newest.exists)
    return Freshness.is_fresh


def set_aside(error: object = "") -> None:
    """Do not use the copy for a while, because it failed."""
    logger.warning("the read replica is not used for %s s: %s", PAUSE, error)
    Freshness.is_fresh, Freshness.until = False, time.monotonic() + PAUSE
    connections[REPLICA].close()


def _knows(row: Model) -> bool:
    return _ask(type(row)._base_manager.using(REPLICA).filter(pk=row.pk).exists)


def _ask(question: Any) -> bool:
    try:
        return bool(question())
    except Error as error:
        set_aside(error)
        return False
