"""The box with the answers of one quarter, without any reference to a case (ADR 25)."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.questionnaire import ELEMENTS


class AnswerBox(models.Model):
    """All answers of a quarter (kotak jawaban) in one row, sorted by their content.

    `answers` has nine digits for each answer, U1 to U9, separated by spaces. `profile` counts the
    respondents by part and value, such as `{"sex": {"MALE": 3}}`. `comments` is sorted too, so that neither
    belongs to an answer. Database triggers refuse deletion, and changes that add no answer.

    Separate rows could be joined to their cases: PostgreSQL stores with each row the transaction that wrote
    it, and rows have an order.
    """

    is_append_only = True
    growing = ("answers",)
    changeable = ("profile", "comments")

    quarter = models.DateField(_("hari pertama triwulan"), primary_key=True)
    answers = models.TextField(_("jawaban"), blank=True)
    profile = models.JSONField(_("profil responden"), default=dict, blank=True)
    comments = models.JSONField(_("saran"), default=list, blank=True)

    class Meta:
        verbose_name = _("kotak jawaban survei")
        verbose_name_plural = _("kotak jawaban survei")
        constraints = [
            models.CheckConstraint(
                name="each_element_answered_from_1_to_4",
                condition=Q(answers="") | Q(answers__regex=r"^[1-4]{9}(?: [1-4]{9})*$"),
            ),
            models.CheckConstraint(
                name="box_of_a_quarter",
                condition=Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.quarter)

    @property
    def rows(self) -> list[str]:
        """The answers, each as nine digits."""
        return self.answers.split()

    @property
    def n(self) -> int:
        return len(self.rows)

    def add(self, *, elements: Mapping[str, int], profile: Mapping[str, str], comment: str = "") -> None:
        """Put in one answer: `elements` by field name, `profile` by part. Empty values are not counted.

        The caller holds the lock of the row and saves it.
        """
        digits = "".join(str(elements[element.field]) for element in ELEMENTS.values())
        self.answers = " ".join(sorted([*self.rows, digits]))
        for part, value in profile.items():
            if value:
                counts: dict[str, Any] = self.profile.setdefault(part, {})
                counts[value] = counts.get(value, 0) + 1
        # The order of keys in JSON would show which value came first.
        self.profile = {part: dict(sorted(counts.items())) for part, counts in sorted(self.profile.items())}
        if comment:
            self.comments = sorted([*self.comments, comment])
