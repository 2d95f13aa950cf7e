"""The figures of the service on the pages of other apps."""

from django import template

from reports.statistics.public import Statistics, get_live_statistics

register = template.Library()


@register.simple_tag
def live_figures() -> Statistics:
    """Return the statistics of the last twelve months."""
    return get_live_statistics()
