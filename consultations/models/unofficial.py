"""Texts on a case that are no official record and are deleted: drafts of steps, notes of colleagues."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.records import constraint
from office.models.people import user_field


class StepDraft(models.Model):
    """The unsent input of one step on one case. It is saved while somebody types and deleted with the step.

    Any user who may take the step can continue the draft. `content` has the typed values by field, and the
    browser window.
    """

    not_recorded = True  # not yet said

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="step_drafts")
    verb = models.CharField(_("langkah"), max_length=20)
    by = user_field(_("oleh"))
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now)
    content = models.JSONField(_("isi"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("konsep")
        constraints = [models.UniqueConstraint(fields=["case", "verb"], name="one_draft_per_step_of_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def typed(self) -> dict[str, Any]:
        values: dict[str, Any] = self.content["typed"]
        return values

    @property
    def window(self) -> str:
        return str(self.content["window"])


class CaseNote(models.Model):
    """A note of one colleague for the others who see the case (Catatan rekan). It may mention one of them.

    It is no official record. It is deleted some time after the case has ended.
    """

    not_recorded = True  # between colleagues, no part of the record

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="notes")
    by = user_field(_("oleh"))
    at = models.DateTimeField(_("waktu"), default=clock.now)
    text = models.TextField(_("catatan"))
    mentioned = user_field(_("menyebut"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("catatan rekan")
        constraints = [constraint("note_says_something", ~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"
