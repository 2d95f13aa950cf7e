"""Tags for the pages of a case: links to its survey."""

from typing import Any

from django import template
from django.urls import reverse

from consultations.enums import State
from consultations.models import Case
from consultations.parties import LINK_SHARERS, parties
from surveys.models import Answer

register = template.Library()


@register.simple_tag
def survey_url(case: Case) -> str:
    """Return the applicant's link to the survey; empty unless the case is closed and unanswered.

    Costs one query if the case is closed.
    """
    if case.state != State.CLOSED or Answer.objects.filter(case=case).exists():
        return ""
    return reverse("survey", args=[case.secret])


@register.inclusion_tag("surveys/case.html", takes_context=True)
def survey_of_case(context: dict[str, Any]) -> dict[str, Any]:
    """Show staff the links to print and to enter the questionnaire of a closed case.

    Costs one query if the case is closed.
    """
    case = context["case"]
    if case.state != State.CLOSED:
        return {}
    return {
        "case": case,
        "can_enter": LINK_SHARERS & parties(context["request"].user, case).keys(),
        "is_answered": Answer.objects.filter(case=case).exists(),
    }
