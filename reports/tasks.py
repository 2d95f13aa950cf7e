"""Background tasks of documents."""

from django.tasks import task

from reports.issuing import make
from reports.models import Document


@task()
def make_document(pk: str) -> str:
    """Make and keep the PDF of an issued paper; returns its hash."""
    return make(Document.objects.select_related("case", "issued_by", "replaces").get(pk=pk)).sha256
