"""Words of the table of the standard, for templates: `{{ event.verb|done }}`, `{{ case|turn }}`."""

from django import template

from consultations.enums import State
from consultations.models import Case
from consultations.workflow import TURN, VERBS

register = template.Library()


@register.filter
def done(verb: str) -> str:
    """Return the sentence of the timeline for a step that was taken."""
    return str(VERBS[verb].done)


@register.filter
def turn(case: Case) -> str:
    """Return the position whose turn it is, never a name; empty if the case has ended."""
    step = TURN.get(State(case.state))
    return str(step.actor.label) if step else ""
