"""What the officer prepares before the consultation (step 5): checklist and staff review."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from office import clock


class Preparation(models.Model):
    """The checklist of step 5: administration, material, equipment (administrasi, bahan, peralatan)."""

    case = models.OneToOneField("Case", models.PROTECT, verbose_name=_("permohonan"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    administration = models.TextField(_("administrasi"))
    materials = models.TextField(_("bahan"))
    equipment = models.TextField(_("peralatan"), blank=True)
    opinions = models.TextField(_("pendapat instansi terkait"), blank=True)

    class Meta:
        verbose_name = _("persiapan")
        verbose_name_plural = _("persiapan")

    def __str__(self) -> str:
        return str(self.case_id)


class StaffReview(models.Model):
    """The staff review (Telaahan Staf), where the matter needs a meeting with the head or other agencies."""

    case = models.OneToOneField(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="staff_review"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("ditulis"), default=clock.now)
    problem = models.TextField(_("I. Persoalan"))
    assumptions = models.TextField(_("II. Praanggapan"))
    facts = models.TextField(_("III. Fakta yang memengaruhi"))
    analysis = models.TextField(_("IV. Analisis"))
    conclusion = models.TextField(_("V. Kesimpulan"))
    advice = models.TextField(_("VI. Saran tindak"))

    class Meta:
        verbose_name = _("telaahan staf")
        verbose_name_plural = _("telaahan staf")

    def __str__(self) -> str:
        return str(self.case_id)
