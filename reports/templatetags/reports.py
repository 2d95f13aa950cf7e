"""Template tags of reports."""

from django import template

from consultations.models import Case
from office.models import User
from reports.advice_bank import list_fitting, may_propose
from reports.models import Report
from reports.report_view import PartView, list_parts
from reports.similar import Advice, SimilarCase, as_advice, list_similar

register = template.Library()


@register.simple_tag
def parts_of(report: Report) -> list[PartView]:
    """Return the parts of a report with their remarks."""
    return list_parts(report)


@register.simple_tag
def similar_cases(case: Case, user: User) -> list[SimilarCase]:
    """Return the closed cases that are most similar."""
    return list_similar(case, by=user)


@register.simple_tag
def fitting_advice(case: Case) -> list[Advice]:
    """Return the advice of the bank that fits the case."""
    return [as_advice(advice) for advice in list_fitting(case)]


@register.simple_tag
def can_propose_advice(case: Case, user: User) -> bool:
    """Return whether the user may propose items of the accepted report for reuse."""
    return may_propose(user, case)
