"""Periodic jobs of the documents app."""

from documents.files import create_document_file
from documents.models import Document
from documents.models.document import UNSIGNED
from kit import jobs
from kit.jobs import enqueue_missing


def enqueue_missing_files() -> int:
    """Enqueue tasks for the issued documents that have no file; return how many."""
    missing = Document.objects.filter(sha256="").exclude(state__in=UNSIGNED).values_list("pk", flat=True)
    return enqueue_missing(create_document_file, map(str, missing))


jobs.register(enqueue_missing_files)
