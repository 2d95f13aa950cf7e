"""Panels of the notices for the pages of other apps, which do not know of notices."""

from typing import Any

from django import template

from consultations.models import Case
from notices.held_back import held_back
from notices.inbox import unread_beside_the_desk
from notices.panels import told_of
from notices.queue import for_person
from office.models import Role

register = template.Library()

MOST_UNREAD, MOST_COUNTED = 10, 100


@register.inclusion_tag("notices/messages.html", takes_context=True)
def messages_on_the_desk(context: template.Context) -> dict[str, Any]:
    """How many messages wait for a person, and what has not left."""
    user = context["request"].user
    waiting = for_person(user).values("pk")[: MOST_COUNTED + 1].count()
    roles = {appointment.position.role for appointment in user.current_appointments}
    return {
        "waiting": min(waiting, MOST_COUNTED),
        "there_are_more": waiting > MOST_COUNTED,
        "held_back": held_back() if Role.TIM_PKD in roles else None,
    }


@register.inclusion_tag("notices/unread.html", takes_context=True)
def unread_on_the_desk(context: template.Context) -> dict[str, Any]:
    """What the user was told and has not read, apart from what waits as work."""
    return {"unread": unread_beside_the_desk(context["request"].user)[:MOST_UNREAD]}


@register.inclusion_tag("notices/case.html")
def notices_of(case: Case) -> dict[str, Any]:
    """Who was told what of a case last, and who has read it."""
    rows, others = told_of(case)
    return {"rows": rows, "others": others}
