"""Queries for the versions of a report."""

from django.db.models import Prefetch, QuerySet

from consultations.models import Case
from reports.models import Remark, Report


def list_versions(case: Case) -> QuerySet[Report]:
    """Return the versions of a case's report, newest first, with authors and remarks."""
    remarks = Remark.objects.select_related("by").order_by("pk")
    versions = case.reports.order_by("-version").select_related("by")
    return versions.prefetch_related(Prefetch("remarks", remarks))


def get_accepted_report(case: Case) -> Report | None:
    """Return the report that was accepted last; it stays valid while it is corrected. One query if closed."""
    if case.first_closed_at is None:
        return None
    return Report.objects.filter(case=case, accepted_at__isnull=False).order_by("-version").first()
