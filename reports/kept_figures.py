"""Figures as pages show them: kept as last computed, computed anew in the background once they are old."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from consultations.models import Case
from office import clock
from office.periods import Period
from reports.figures import ServiceFigures, figures_of
from reports.models import Figures

FRESH_FOR = dt.timedelta(minutes=15)
"""After how long the figures of a running period are old, and a refresh that was asked for counts as lost."""

FRESH_FOR_OVER = dt.timedelta(days=1)
"""The same of a period that is over: cases may still be entered for it, or move on."""

SMALL = 1_000
"""Up to how many cases figures that nobody has computed yet are computed while a page waits for them."""


@dataclass(frozen=True)
class Kept:
    """The figures of a period and when they were computed; its days are those of that moment."""

    period: Period
    figures: ServiceFigures
    computed_at: dt.datetime


def kept(period: Period, *, wait: bool = False) -> Kept | None:
    """The figures of a period as they are kept; None where they were not computed yet.

    Costs one query. Where they are old or missing, it also asks for a refresh, which only the first of
    many readers does. With `wait` a small office gets its first figures of a period at once.
    """
    row = Figures.objects.filter(period=period.key).first()
    found = _read(row, period)
    if found is None and wait and _is_small():
        return refresh(period)
    fresh_for = FRESH_FOR_OVER if period.is_over else FRESH_FOR
    if found is None or found.computed_at < clock.now() - fresh_for:
        _ask_for_refresh(period, row)
    return found


def _is_small() -> bool:
    # Counts no further than it must; keys say nothing, since a refused request takes one too.
    return Case.objects.order_by("pk").values("pk")[: SMALL + 1].count() <= SMALL


def refresh(period: Period) -> Kept:
    """Compute the figures of a period and keep them."""
    now = clock.now()
    figures = figures_of(period)
    Figures.objects.update_or_create(
        period=period.key, defaults={"data": figures.as_json(), "computed_at": now, "requested_at": None}
    )
    return Kept(period, figures, now)


def _read(row: Figures | None, period: Period) -> Kept | None:
    if row is None or row.computed_at is None:
        return None
    figures = ServiceFigures.from_json(row.data)
    of_then = Period.of(period.key, today=timezone.localdate(row.computed_at))
    return Kept(of_then, figures, row.computed_at) if figures and of_then else None


def _ask_for_refresh(period: Period, row: Figures | None) -> None:
    """Let a worker compute the figures, unless that was asked for already."""
    from reports.tasks import refresh_figures  # the task itself calls this module

    now = clock.now()
    if row and row.requested_at and row.requested_at > now - FRESH_FOR:
        return
    if row is None:
        Figures.objects.bulk_create([Figures(period=period.key)], ignore_conflicts=True)
    lost = Q(requested_at=None) | Q(requested_at__lte=now - FRESH_FOR)
    if Figures.objects.filter(lost, period=period.key).update(requested_at=now):
        refresh_figures.enqueue(period.key)
