"""What templates show of a written report."""

from django import template

from reports.models import Report
from reports.written import Part, written

register = template.Library()


@register.simple_tag
def parts_of(report: Report) -> list[Part]:
    """The report part by part, with the remarks on it."""
    return written(report)
