"""What templates of other apps show of the survey: the way to it."""

from django import template
from django.urls import reverse

from consultations.models import Case
from consultations.workflow import State
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
