"""Involvements: the officer and the companions of each case. Lists of an officer start from them."""

from django.conf import settings
from django.db import models


class Involvement(models.Model):
    """The officer of a case, or one of its companions, once.

    Derived from `Case.officer` and `Case.companions` by `store_involvements()`, which each step calls.
    """

    case = models.ForeignKey("Case", models.CASCADE, related_name="involvements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="involvements", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="user_is_involved_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.user_id}"
