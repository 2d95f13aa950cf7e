"""Drafts of the office: what somebody has typed into the long form of a step and not sent yet."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.case import Case
from office import clock


class StepDraft(models.Model):
    """The unsent input of one step on one case. It is saved while somebody types and deleted with the step.

    Whoever may take the step goes on with it. `content` has the typed values by field and the browser window.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="step_drafts")
    verb = models.CharField(_("langkah"), max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now)
    content = models.JSONField(_("isi"), default=dict)

    class Meta:
        verbose_name = _("konsep")
        verbose_name_plural = _("konsep")
        constraints = [models.UniqueConstraint(fields=["case", "verb"], name="one_draft_per_step_of_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def typed(self) -> dict[str, Any]:
        """The typed values by field, valid or not."""
        values: dict[str, Any] = self.content["typed"]
        return values

    @property
    def window(self) -> str:
        """Identifier of the browser window that saved the draft."""
        return str(self.content["window"])
