"""Cases that other systems have sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from exchange.models.system import System


class SubmittedCase(models.Model):
    """A case that came in through the API, and the system that may follow it."""

    system = models.ForeignKey(
        System, models.PROTECT, verbose_name=_("sistem lain"), related_name="submitted", db_index=False
    )
    case = models.OneToOneField(
        Case, models.PROTECT, verbose_name=_("permohonan"), related_name="submitted_by"
    )
    sent_hash = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("SHA-256 isi kiriman, kosong bila dihapus")
    )

    class Meta:
        verbose_name = _("kiriman sistem lain")
        verbose_name_plural = _("kiriman sistem lain")
        indexes = [models.Index(fields=["system", "case"], name="submitted_by_system")]

    def __str__(self) -> str:
        return f"{self.system_id}: {self.case_id}"
