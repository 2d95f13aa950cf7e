"""Statistics as pages show them: cached figures as charts, with the published survey result."""

from dataclasses import dataclass
from functools import cached_property

from office.periods import LAST_TWELVE_MONTHS, Period
from reports import charts
from reports.figures import ServiceFigures
from reports.figures_cache import CachedFigures, get_figures
from surveys.models import PlanItem, Publication
from surveys.queries import get_current_publication, list_plan


@dataclass(frozen=True)
class Statistics:
    """Figures of a period (None: being computed) and the published result of the survey, if any."""

    cached: CachedFigures | None
    survey: Publication | None

    @cached_property
    def plan(self) -> list[PlanItem]:
        """The follow-up plan of the survey, as it is today. Costs a query."""
        return list(list_plan(self.survey.period)) if self.survey else []

    @property
    def figures(self) -> ServiceFigures | None:
        return self.cached.figures if self.cached else None

    @property
    def summary(self) -> list[charts.Figure]:
        return charts.summary(self.figures) if self.figures else []

    @property
    def consultations(self) -> list[charts.Figure]:
        """Number and duration of the consultations, without suppressed durations."""
        if not (self.figures and self.figures.service.n):
            return []
        *durations, count = self.summary[:4]
        return [*(figure for figure in durations if figure.value is not None), count]

    @property
    def promise(self) -> charts.Chart | None:
        return charts.promise_chart(self.figures) if self.figures else None

    @property
    def arrivals(self) -> list[charts.Chart]:
        return charts.arrivals(self.figures) if self.figures else []

    @property
    def waits(self) -> list[charts.Wait]:
        return charts.waits(self.figures)

    @property
    def steps(self) -> list[charts.StandardStep]:
        return charts.standard_steps(self.figures)


def get_statistics(period: Period) -> Statistics:
    """Return the statistics of a period. Costs two queries if the figures are cached."""
    return Statistics(get_figures(period), get_current_publication(period))


def get_live_statistics() -> Statistics:
    """Return the statistics of the last twelve months beside the newest survey result."""
    period = Period.of(LAST_TWELVE_MONTHS)
    return Statistics(get_figures(period) if period else None, get_current_publication())
