"""Words of the table of the standard, for templates: `{{ event.verb|done }}`."""

from django import template

from consultations.workflow import VERBS

register = template.Library()


@register.filter
def done(verb: str) -> str:
    """Return the sentence of the timeline for a step that was taken."""
    return str(VERBS[verb].done)
