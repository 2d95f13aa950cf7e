"""What other pages show of the figures of the service: the promise beside what really is."""

from dataclasses import dataclass

from django import template

from office.periods import LAST_TWELVE_MONTHS, Period
from reports import charts
from reports.kept_figures import Kept, kept
from surveys.models import Publication
from surveys.queries import get_current_publication

register = template.Library()


@dataclass(frozen=True)
class Live:
    """The figures of the last twelve months, where they were computed, and the published survey."""

    kept: Kept | None
    survey: Publication | None

    @property
    def consultations(self) -> list[charts.Figure]:
        """How long consultations took and how many there were; empty before the first one."""
        if not (self.kept and self.kept.figures.service.n):
            return []
        *measured, count = charts.summary(self.kept.figures)[:4]
        return [*(figure for figure in measured if figure.value is not None), count]


@register.simple_tag
def live_figures() -> Live:
    """Costs two queries, and computes nothing: figures that are old or missing are left to a worker."""
    period = Period.of(LAST_TWELVE_MONTHS)
    return Live(kept(period) if period else None, get_current_publication())


@register.simple_tag
def standard_steps(live: Live) -> list[charts.StandardStep]:
    """The nine steps with who takes them, target and real waiting time. Costs one query."""
    return charts.standard_steps(live.kept.figures if live.kept else None)
