"""Template tags of the frequent questions."""

from django import template

from consultations.models import Case
from faq.services import may_publish_from
from office.models import User

register = template.Library()


@register.simple_tag
def can_publish_question(case: Case, user: User) -> bool:
    """Return whether the user may publish a question that is made from the case."""
    return may_publish_from(case, user)
