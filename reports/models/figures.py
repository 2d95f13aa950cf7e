"""The figures of the service in a period, kept as they were last computed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Figures(models.Model):
    """The figures of one period (Statistik layanan), which name no case and no person.

    `period` is the period's key (`2026`, `2026-Q4`, `2026-11`; see office/periods.py). `data` is empty until
    `computed_at`; `requested_at` tells that a refresh is on its way, so that a second is not asked for.
    """

    period = models.CharField(_("periode"), max_length=12, unique=True)
    data = models.JSONField(_("angka"), default=dict)
    computed_at = models.DateTimeField(_("dihitung"), null=True)
    requested_at = models.DateTimeField(_("diminta"), null=True)

    class Meta:
        verbose_name = _("statistik layanan")
        verbose_name_plural = _("statistik layanan")
        constraints = [
            models.CheckConstraint(name="figures_of_a_named_period", condition=~Q(period="")),
        ]

    def __str__(self) -> str:
        return self.period
