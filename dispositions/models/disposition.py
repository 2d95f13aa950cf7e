"""Decisions of steps 3 and 4: initials, dispositions and assignments. Earlier ones stay on record."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock
from office.models import Division
from office.words import with_words_lazy

MEETING = "Telaahan staf dengan forum rapat"
"""Instruction of the Kepala Dinas for step 5 of the SK. It goes on record, so it is Indonesian."""


class Disposition(models.Model):
    """The disposition sheet (Lembar Disposisi): the Kepala Dinas gives a case to a division."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="dispositions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=_("diteruskan kepada"), related_name="dispositions"
    )
    instructions = models.JSONField(_("dengan hormat harap"), default=list)
    deadline = models.DateField(_("batas waktu"), null=True)
    copies = models.JSONField(_("tembusan"), default=list)
    note = models.TextField(_("catatan"), blank=True)
    ratified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("disahkan oleh"),
        null=True,
        related_name="+",
    )
    ratified_at = models.DateTimeField(_("disahkan"), null=True)
    ratified_title = models.CharField(_("disahkan selaku"), max_length=210, blank=True)

    class Meta:
        verbose_name = _("disposisi")
        verbose_name_plural = _("disposisi")
        constraints = [
            models.CheckConstraint(
                name="ratified_by_whom_when_and_as_what",
                condition=Q(ratified_by__isnull=True, ratified_at__isnull=True, ratified_title="")
                | Q(ratified_by__isnull=False, ratified_at__isnull=False) & ~Q(ratified_title=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.division}"


class Endorsement(models.Model):
    """The initials (paraf) of the Sekretaris before the disposition, perhaps with a proposed division."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="endorsements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=with_words_lazy(_("%(division)s yang diusulkan")),
        null=True,
        related_name="endorsements",
    )
    note = models.TextField(_("catatan"), blank=True)

    class Meta:
        verbose_name = with_words_lazy(_("paraf %(secretary)s"))
        verbose_name_plural = with_words_lazy(_("paraf %(secretary)s"))

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by}"


class Assignment(models.Model):
    """An assignment (Penugasan): the Kepala Bidang names the officer and companions of a case."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="assignments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("petugas"), related_name="+"
    )
    companions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("pendamping"), related_name="+"
    )
    preparation = models.TextField(_("yang disiapkan"), blank=True)
    reason = models.TextField(_("alasan penggantian"), blank=True)

    class Meta:
        verbose_name = _("penugasan")
        verbose_name_plural = _("penugasan")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.officer}"
