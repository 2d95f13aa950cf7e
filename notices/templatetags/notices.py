"""Panels of the notices for the pages of other apps, which do not know of notices."""

from typing import Any

from django import template

from consultations.models import Case
from notices.inbox import unread_by
from notices.panels import told_of
from notices.queue import for_person

register = template.Library()

MOST_UNREAD, MOST_COUNTED = 10, 100


@register.inclusion_tag("notices/desk.html", takes_context=True)
def notices_on_the_desk(context: template.Context) -> dict[str, Any]:
    """What the user has not opened yet, and how many messages wait to be sent by hand."""
    user = context["request"].user
    waiting = for_person(user).values("pk")[:MOST_COUNTED].count()
    return {"unread": unread_by(user)[:MOST_UNREAD], "waiting": waiting, "most": MOST_COUNTED}


@register.inclusion_tag("notices/case.html")
def notices_of(case: Case) -> dict[str, Any]:
    """Who was told what of a case, and who has read it."""
    return {"rows": told_of(case)}
