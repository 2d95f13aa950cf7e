"""Public consultation forums, and the figures of each day."""

from functools import partial

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.history import random_path
from kit import clock
from kit.records import constraint
from office.models.people import user_field


class Forum(models.Model):
    """A public consultation forum (Forum Konsultasi Publik, PermenPANRB 16/2017) with its minutes."""

    held_on = models.DateField(_("tanggal"))
    topic = models.CharField(_("yang dibahas"), max_length=200)
    participants = models.TextField(_("peserta"), max_length=4000)
    outcome = models.TextField(_("kesepakatan"), max_length=4000)
    minutes = models.FileField(_("berita acara"), upload_to=partial(random_path, folder="forums"))
    sha256 = models.CharField(max_length=64)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("forum konsultasi publik")
        ordering = ["-held_on", "-pk"]
        constraints = [
            constraint(
                "forum_says_what_who_and_the_outcome",
                ~Q(topic="") & ~Q(participants="") & ~Q(outcome="") & ~Q(minutes="") & ~Q(title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}: {self.topic}"


class DailyFigures(models.Model):
    """Arrivals and completions of one day, and the open cases at the last computation on that day.

    `flow` is a `DayFlow` by division. `standing` is a `Standing`, empty for days without a computation. Both
    are stored as JSON (daily_figures.py). The row of a day is computed again and again: a case may be entered
    late or move to another division.
    """

    not_recorded = True  # computed from the cases

    day = models.DateField(_("tanggal"), primary_key=True)
    computed_at = models.DateTimeField(_("dihitung"), default=clock.now)
    flow = models.JSONField(_("masuk dan selesai"), default=dict)
    standing = models.JSONField(_("keadaan"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("angka harian")

    def __str__(self) -> str:
        return self.day.isoformat()
