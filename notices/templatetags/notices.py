"""Panels of notices for the desk and for the page of a case."""

from typing import Any

from django import template

from consultations.models import Case
from notices.queries import case_notices, delivery_alarm, messages_to_handle, unread_besides_work
from office.models import Role

register = template.Library()

MAX_UNREAD, MAX_COUNTED = 10, 100


@register.inclusion_tag("notices/messages.html", takes_context=True)
def messages_on_the_desk(context: template.Context) -> dict[str, Any]:
    """Show how many messages the user must handle and, to Tim PKD, the delivery alarm."""
    user = context["request"].user
    number = messages_to_handle(user).values("pk")[: MAX_COUNTED + 1].count()
    roles = {appointment.position.role for appointment in user.current_appointments}
    return {
        "number": min(number, MAX_COUNTED),
        "has_more": number > MAX_COUNTED,
        "alarm": delivery_alarm() if Role.TIM_PKD in roles else None,
    }


@register.inclusion_tag("notices/unread.html", takes_context=True)
def unread_on_the_desk(context: template.Context) -> dict[str, Any]:
    """Show the unread notices, except for cases that wait for the user as work."""
    return {"unread": unread_besides_work(context["request"].user)[:MAX_UNREAD]}


@register.inclusion_tag("notices/case.html")
def notices_of(case: Case) -> dict[str, Any]:
    """Show the newest notices of a case, with their messages."""
    notices, older = case_notices(case)
    return {"notices": notices, "others": older}
