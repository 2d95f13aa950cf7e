"""Template tags of reports."""

from django import template

from reports.models import Report
from reports.report_view import PartView, list_parts

register = template.Library()


@register.simple_tag
def parts_of(report: Report) -> tuple[PartView, ...]:
    """Return the parts of a report with their remarks."""
    return tuple(list_parts(report))
