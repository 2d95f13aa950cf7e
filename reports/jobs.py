"""Periodic jobs of the reports app."""

from kit import jobs
from kit.jobs import enqueue_missing
from reports.documents.files import create_document_file
from reports.models import Document
from reports.models.document import UNSIGNED
from reports.statistics.daily_figures import refresh_regularly


def enqueue_missing_files() -> int:
    """Enqueue tasks for the issued documents that have no file; return how many."""
    missing = Document.objects.filter(sha256="").exclude(state__in=UNSIGNED).values_list("pk", flat=True)
    return enqueue_missing(create_document_file, map(str, missing))


jobs.register(enqueue_missing_files, refresh_regularly)
