"""Targets: working hours per state, and working days per stage of a complaint."""

from collections.abc import Mapping

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from kit.cache import remembered
from office.words import with_words_lazy


class ComplaintTarget(models.Model):
    """Working days for a stage of a complaint, if the office differs from the regulation."""

    is_remembered = True

    class Stage(models.TextChoices):
        VERIFY = "VERIFY", with_words_lazy(_("Pengaduan diperiksa %(agenda_team)s"))
        FIRST_FOLLOW_UP = "FIRST_FOLLOW_UP", _("Tindak lanjut pertama")
        INFORMATION = "INFORMATION", _("Permintaan informasi dijawab")
        ASPIRATION = "ASPIRATION", _("Aspirasi dijawab")
        NO_SUPERVISION = "NO_SUPERVISION", _("Pengaduan tidak berkadar pengawasan selesai")
        SUPERVISION = "SUPERVISION", _("Pengaduan berkadar pengawasan selesai")
        NO_REPLY = "NO_REPLY", _("Ditutup bila pelapor tidak menanggapi")

    stage = models.CharField(_("tahap"), max_length=16, choices=Stage, unique=True)
    days = models.PositiveSmallIntegerField(_("hari kerja"), validators=[MaxValueValidator(365)])

    class Meta:
        verbose_name = _("batas waktu pengaduan")
        verbose_name_plural = _("batas waktu pengaduan")
        ordering = ["days", "stage"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.days}"

    @classmethod
    def days_for(cls, stage: str) -> int:
        """Return the working days of a stage: those of the office, or else those of the regulation."""
        return list_days()[stage]


REGULATION: dict[str, int] = {
    ComplaintTarget.Stage.VERIFY: 3,
    ComplaintTarget.Stage.FIRST_FOLLOW_UP: 5,
    ComplaintTarget.Stage.INFORMATION: 5,
    ComplaintTarget.Stage.ASPIRATION: 5,
    ComplaintTarget.Stage.NO_SUPERVISION: 14,
    ComplaintTarget.Stage.SUPERVISION: 60,
    ComplaintTarget.Stage.NO_REPLY: 10,
}
"""Working days of each stage in PermenPANRB 62/2018."""


class StateTarget(models.Model):
    """Working hours that a case may wait in one state before it is late."""

    is_remembered = True

    state = models.CharField(_("keadaan"), max_length=12, unique=True, choices=State)
    hours = models.PositiveSmallIntegerField(_("jam kerja"), validators=[MaxValueValidator(2000)])

    class Meta:
        verbose_name = _("batas waktu langkah")
        verbose_name_plural = _("batas waktu langkah")
        ordering = ["hours"]

    def __str__(self) -> str:
        return f"{self.state}: {self.hours}"


@remembered
def list_days() -> Mapping[str, int]:
    """Return the working days of each stage: the office's own, or else those of the regulation."""
    return {**REGULATION, **dict(ComplaintTarget.objects.values_list("stage", "days"))}


@remembered
def list_hours() -> Mapping[str, int]:
    """Return the working hours of each state that has a target."""
    return dict(StateTarget.objects.values_list("state", "hours"))
