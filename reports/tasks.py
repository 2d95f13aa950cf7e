"""Background work of the reports: the accepted report becomes a frozen PDF."""

from django.tasks import task

from consultations.models import Case
from reports.freezing import freeze


@task()
def freeze_report(case_id: int) -> str:
    """Make and keep the PDF of a closed case's report; returns the document's id."""
    return str(freeze(Case.objects.get(pk=case_id)).pk)
