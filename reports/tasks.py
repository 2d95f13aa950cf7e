"""Background work of the reports: an issued paper becomes a PDF that is kept, figures are computed anew."""

from django.tasks import task

from office.periods import Period
from reports.issuing import make
from reports.kept_figures import refresh
from reports.models import Document


@task()
def make_document(pk: str) -> str:
    """Make and keep the PDF of an issued paper; returns its hash."""
    return make(Document.objects.select_related("case", "issued_by", "replaces").get(pk=pk)).sha256


@task()
def refresh_figures(key: str) -> None:
    """Compute the figures of a period anew."""
    if period := Period.of(key):
        refresh(period)
