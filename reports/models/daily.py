"""Figures of each day, computed in the background for the dashboard."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from office import clock


class DailyFigures(models.Model):
    """Arrivals and completions of one day, and the open cases at the last computation on that day.

    `flow` is a `DayFlow` by division. `standing` is a `Standing`, empty for days without a computation. Both
    are stored as JSON (daily_figures.py). The row of a day is computed again and again: a case may be entered
    late or move to another division.
    """

    day = models.DateField(_("tanggal"), primary_key=True)
    computed_at = models.DateTimeField(_("dihitung"), default=clock.now)
    flow = models.JSONField(_("masuk dan selesai"), default=dict)
    standing = models.JSONField(_("keadaan"), default=dict)

    class Meta:
        verbose_name = _("angka harian")
        verbose_name_plural = _("angka harian")

    def __str__(self) -> str:
        return self.day.isoformat()
