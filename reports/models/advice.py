"""Advice that an officer marked as reusable (Bank saran)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.models.search import as_indexed
from office import clock
from office.models import Division
from office.words import word
from reports.items import Item


class ReusableAdvice(models.Model):
    """An item of an accepted report for use in other cases, without what only its case says.

    The head of its division reviews it. It is offered until `expires_on`. Without this day it was rejected.
    """

    kind = models.CharField(_("jenis"), max_length=14, choices=Item.Kind)
    text = models.TextField(_("saran"))
    topic = models.CharField(_("topik"), max_length=80)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=word("division"), related_name="reusable_advice"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name=_("dari permohonan"), related_name="reusable_advice"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("diusulkan oleh"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ditinjau oleh"), null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("ditinjau"), null=True)
    expires_on = models.DateField(_("berlaku sampai"), null=True)
    words = models.TextField(editable=False, help_text=_("Kata-kata topik dan saran, untuk pencarian"))

    class Meta:
        verbose_name = _("saran yang dapat dipakai lagi")
        verbose_name_plural = _("bank saran")
        indexes = [models.Index(fields=["division", "expires_on"], name="advice_division_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["case", "text"], name="each_text_of_a_case_once_in_the_bank"),
            models.CheckConstraint(
                name="reusable_advice_says_something", condition=~Q(text="") & ~Q(topic="")
            ),
            models.CheckConstraint(
                name="reusable_advice_is_offered_after_its_review",
                condition=Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                | Q(reviewed_by__isnull=True, reviewed_at__isnull=True, expires_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.text[:40]}"

    def index(self) -> None:
        """Set the words under which it is found."""
        self.words = as_indexed(self.topic, self.text)
