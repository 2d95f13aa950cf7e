"""Statistics of the service in Django's cache. Old figures are shown while a task computes new ones."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.tasks import task
from django.utils import timezone

from consultations.models import Case
from office import clock
from office.periods import Period
from reports.figures import ServiceFigures, compute_figures

FRESH_FOR = dt.timedelta(minutes=15)
"""Maximum age of figures of a running period. After this time a lost task is started again."""

FRESH_FOR_PAST = dt.timedelta(days=1)
"""The same for a period that is over: its cases may still be entered or move on."""

SMALL_OFFICE = 1_000
"""Offices with at most this number of cases compute missing figures in the request (about 0.2 s)."""


@dataclass(frozen=True)
class CachedFigures:
    """Figures of a period, whose last day is the one known at `computed_at`."""

    period: Period
    figures: ServiceFigures
    computed_at: dt.datetime


def get_figures(period: Period) -> CachedFigures | None:
    """Return the cached figures of a period, or None if they are still being computed.

    If they are old or missing, the first process that adds the lock starts a task. The other processes
    return the cached value. In a small office the first process computes missing figures itself.
    """
    found = cache.get_many([_key(period), lock_key(period)])
    cached = _read(period, found.get(_key(period)))
    fresh_for = FRESH_FOR_PAST if period.is_over else FRESH_FOR
    if cached and cached.computed_at > clock.now() - fresh_for:
        return cached
    # Adding an entry that exists would still lock an SQLite database for writing.
    is_locked = lock_key(period) in found
    if is_locked or not cache.add(lock_key(period), True, FRESH_FOR.total_seconds()):
        return cached
    if cached is None and is_small_office():
        return refresh(period)
    refresh_figures.enqueue(period.key)
    return cached


def refresh(period: Period) -> CachedFigures:
    """Compute the figures of a period, cache them without expiry and release the lock."""
    now = clock.now()
    figures = compute_figures(period)
    cache.set(_key(period), {"figures": figures.to_json(), "computed_at": now}, timeout=None)
    cache.delete(lock_key(period))
    return CachedFigures(period, figures, now)


@task()
def refresh_figures(key: str) -> None:
    """Compute the figures of a period again in a worker. Ignores an unknown key."""
    if period := Period.of(key):
        refresh(period)


def lock_key(period: Period) -> str:
    """Return the cache key that marks a period as being computed. It expires after FRESH_FOR."""
    return f"{_key(period)}:lock"


def _key(period: Period) -> str:
    return f"figures:{period.key}"


def _read(period: Period, stored: dict[str, Any] | None) -> CachedFigures | None:
    if stored is None:
        return None
    figures = ServiceFigures.from_json(stored["figures"])
    period_then = Period.of(period.key, today=timezone.localdate(stored["computed_at"]))
    return CachedFigures(period_then, figures, stored["computed_at"]) if figures and period_then else None


def is_small_office() -> bool:
    """Return whether figures can be computed in a request."""
    # Counts at most SMALL_OFFICE + 1 rows. The highest key is no count: a refused request uses one too.
    return Case.objects.order_by("pk").values("pk")[: SMALL_OFFICE + 1].count() <= SMALL_OFFICE
