"""Queries for the versions of a report."""

from django.db.models import Prefetch, QuerySet

from consultations.models import Case, Event
from reports.models import Remark, Report
from scheduling.queries import current_session


def list_versions(case: Case) -> QuerySet[Report]:
    """Return the versions of a case's report, newest first, with authors and remarks."""
    remarks = Remark.objects.select_related("by").order_by("pk")
    versions = case.reports.order_by("-version").select_related("by")
    return versions.prefetch_related(Prefetch("remarks", remarks))


def get_last_return(case: Case) -> Event | None:
    """Return the last step that asked for a new version of the report, if any."""
    steps = case.history.filter(verb__in=["revise", "correct"]).select_related("by")
    return steps.order_by("-pk").first()


def get_written_answer(case: Case) -> str:
    """Return the answer in writing as the Kepala Dinas accepted it: the results of the report, or ""."""
    session = current_session(case) if case.first_closed_at else None
    if not (session and session.is_written):
        return ""
    accepted = Report.objects.filter(case=case, accepted_at__isnull=False).order_by("-version").first()
    return accepted.results if accepted else ""
