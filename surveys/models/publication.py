"""The published results of the survey."""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office import clock
from office.periods import Period
from surveys.result import Result


class Publication(models.Model):
    """The published result of a quarter or year (Hasil Survei Kepuasan Masyarakat), with its follow-up plan.

    `figures` is a `Result` as JSON. Rows are append-only, enforced by database triggers. A correction is
    published as a new version for the same period.
    """

    is_append_only = True

    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))
    version = models.PositiveSmallIntegerField(_("versi"), default=1)
    figures = models.JSONField(_("angka"))
    plan = models.TextField(_("rencana tindak lanjut"), max_length=4000)
    published_at = models.DateTimeField(_("diterbitkan"), default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)

    class Meta:
        verbose_name = _("hasil survei")
        verbose_name_plural = _("hasil survei")
        indexes = [models.Index(fields=["-until", "-published_at"], name="publication_newest")]
        constraints = [
            models.UniqueConstraint(fields=["since", "until", "version"], name="one_result_per_version"),
            models.CheckConstraint(name="published_period_in_order", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="result_has_a_plan_and_a_publisher", condition=~Q(plan="") & ~Q(title="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} - {self.until} ({self.version})"

    def get_absolute_url(self) -> str:
        return reverse("survey_result", args=[self.pk])

    def same(self) -> "models.QuerySet[Publication]":
        """Return all versions for the period of this one."""
        return Publication.objects.filter(since=self.since, until=self.until)

    @property
    def period(self) -> Period:
        return Period.between(self.since, self.until)

    @cached_property
    def result(self) -> Result:
        return Result.from_json(self.figures)
