"""What templates of other apps show of the survey: the way to it."""

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
    """Where the applicant of the case answers the survey; empty where there is nothing to answer.

    That is while the case is not closed, and once it was answered. Costs one query, for closed cases only.
    """
    if case.state != State.CLOSED or Answer.objects.filter(case=case).exists():
        return ""
    return reverse("survey", args=[case.secret])


@register.inclusion_tag("surveys/case.html", takes_context=True)
def survey_of_case(context: dict[str, Any]) -> dict[str, Any]:
    """What the office does about the survey of a closed case: print the form, enter what came back.

    Costs one query, for closed cases only.
    """
    case = context["case"]
    if case.state != State.CLOSED:
        return {"case": None}
    enters = LINK_SHARERS & parties(context["request"].user, case).keys()
    return {"case": case, "enters": enters, "is_answered": Answer.objects.filter(case=case).exists()}
