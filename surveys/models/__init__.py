"""Models of the surveys."""

from .box import AnswerBox
from .participation import Participation
from .plan_item import PlanItem
from .publication import Publication

__all__ = ["AnswerBox", "Participation", "PlanItem", "Publication"]
