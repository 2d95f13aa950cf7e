"""Periodic jobs of the reports app."""

from office import scheduler
from office.task_recovery import enqueue_missing
from reports.daily_figures import refresh_regularly
from reports.document_files import create_document_file
from reports.models import Document


def enqueue_missing_files() -> int:
    """Enqueue tasks for the issued documents that have no file; return how many."""
    missing = Document.objects.filter(sha256="").values_list("pk", flat=True)
    return enqueue_missing(create_document_file, map(str, missing))


scheduler.register(enqueue_missing_files, refresh_regularly)
