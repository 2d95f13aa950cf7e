"""Background work of the reports: figures are computed anew."""

from django.tasks import task

from reports.kept_figures import refresh
from reports.periods import Period


@task()
def refresh_figures(key: str) -> None:
    """Compute the figures of a period anew."""
    if period := Period.of(key):
        refresh(period)
