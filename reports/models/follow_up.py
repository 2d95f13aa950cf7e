"""Follow-up of the recommendations of an accepted report (Tindak Lanjut)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock

from .report import Report


class FollowUp(models.Model):
    """One recommendation of an accepted report: responsible person, due date, outcome."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="follow_ups")
    report = models.ForeignKey(Report, models.PROTECT, verbose_name=_("laporan"), related_name="follow_ups")
    position = models.PositiveSmallIntegerField(_("butir"))
    text = models.TextField(_("rekomendasi"))
    responsible = models.CharField(_("penanggung jawab"), max_length=150, blank=True)
    due = models.DateField(_("paling lambat"), null=True)
    outcome = models.TextField(_("hasil tindak lanjut"), blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dicatat oleh"), null=True, related_name="+"
    )
    done_title = models.CharField(_("selaku"), max_length=210, blank=True)
    done_at = models.DateTimeField(_("selesai"), null=True)

    class Meta:
        verbose_name = _("tindak lanjut")
        verbose_name_plural = _("tindak lanjut")
        indexes = [
            models.Index(fields=["due", "id"], name="follow_up_due", condition=Q(done_at__isnull=True)),
            models.Index(fields=["id"], name="follow_up_done", condition=Q(done_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="one_follow_up_per_recommendation"),
            models.CheckConstraint(
                name="done_says_what_by_whom_and_when",
                condition=Q(outcome="", done_by__isnull=True, done_title="", done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False) & ~Q(outcome="") & ~Q(done_title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text[:40]}"

    @property
    def is_late(self) -> bool:
        """Whether it is open after its due date."""
        return self.done_at is None and self.due is not None and self.due < clock.today()
