"""Words of the standard's table and of a kind of case (`{{ event.verb|done|of:case }}`), and usual codes."""

from typing import Any

from django import template
from django.utils.functional import Promise

from consultations.classification import list_usual_codes
from consultations.workflow import VERBS
from office.models.codes import Listed

register = template.Library()


@register.filter
def done(verb: str) -> str:
    """Return the sentence of the timeline for a step that was taken."""
    return str(VERBS[verb].done)


@register.filter
def of(text: str | Promise, case: Any) -> str:
    """Return a text of the interface in the words of the kind of case; unchanged if there is no case."""
    return str(case.wording.speak(text)) if case else str(text)


@register.simple_tag
def usual_codes() -> list[Listed]:
    """Return the classification codes that a field offers before somebody types."""
    return list_usual_codes()
