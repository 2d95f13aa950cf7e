"""The preparation of a consultation (step 5): checklist, opinions of agencies, staff review."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from office import clock


class Preparation(models.Model):
    """The checklist of step 5: administration, material, equipment (administrasi, bahan, peralatan).

    An amendment is a new row. Earlier ones stay on record.
    """

    case = models.ForeignKey(
        "consultations.Case", models.PROTECT, verbose_name=_("permohonan"), related_name="preparations"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    administration = models.TextField(_("administrasi"))
    materials = models.TextField(_("bahan"))
    equipment = models.TextField(_("peralatan"), blank=True)

    class Meta:
        verbose_name = _("persiapan")
        verbose_name_plural = _("persiapan")

    def __str__(self) -> str:
        return str(self.case_id)


class Opinion(models.Model):
    """An opinion of another agency (Pendapat Instansi Terkait): question, due day and answer."""

    case = models.ForeignKey(
        "consultations.Case", models.PROTECT, verbose_name=_("permohonan"), related_name="opinions"
    )
    agency = models.CharField(_("instansi"), max_length=150)
    question = models.TextField(_("yang ditanyakan"))
    phone = PhoneNumberField(_("no. kontak / WhatsApp instansi"), blank=True)
    email = models.EmailField(_("surel instansi"), blank=True)
    due = models.DateField(_("dijawab paling lambat"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("diminta oleh"), related_name="+"
    )
    asked_at = models.DateTimeField(_("diminta"), default=clock.now)
    answer = models.TextField(_("pendapat"), blank=True)
    answered_on = models.DateField(_("tanggal jawaban"), null=True)
    letter_number = models.CharField(_("nomor surat jawaban"), max_length=100, blank=True)
    letter = models.OneToOneField(
        "consultations.Attachment",
        models.PROTECT,
        verbose_name=_("surat jawaban"),
        null=True,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dicatat oleh"), null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("dicatat"), null=True)

    class Meta:
        verbose_name = _("pendapat instansi")
        verbose_name_plural = _("pendapat instansi")
        constraints = [
            models.CheckConstraint(
                name="answer_says_what_when_and_who_recorded_it",
                condition=Q(
                    answer="",
                    letter_number="",
                    letter__isnull=True,
                    answered_on__isnull=True,
                    recorded_by__isnull=True,
                    recorded_at__isnull=True,
                )
                | Q(answered_on__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)
                & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.agency}"

    @property
    def is_late(self) -> bool:
        """Whether the due day has passed without an answer."""
        return self.recorded_at is None and self.due < clock.today()


class OpinionReminder(models.Model):
    """A letter that reminds an agency of its opinion, with a new day for the answer."""

    opinion = models.ForeignKey(
        Opinion, models.PROTECT, verbose_name=_("pendapat instansi"), related_name="reminders"
    )
    due = models.DateField(_("dijawab paling lambat"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("diingatkan oleh"), related_name="+"
    )
    at = models.DateTimeField(_("diingatkan"), default=clock.now)

    class Meta:
        verbose_name = _("pengingat pendapat")
        verbose_name_plural = _("pengingat pendapat")

    def __str__(self) -> str:
        return f"{self.opinion_id}: {self.due}"


class StaffReview(models.Model):
    """One version of the staff review (Telaahan Staf) for a matter that needs a meeting with others.

    Each version is issued as a document. It contains the answers of agencies that were recorded until `at`.
    """

    case = models.ForeignKey(
        "consultations.Case", models.PROTECT, verbose_name=_("permohonan"), related_name="staff_reviews"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("ditulis"), default=clock.now)
    problem = models.TextField(_("I. Persoalan"))
    assumptions = models.TextField(_("II. Praanggapan"))
    facts = models.TextField(_("III. Fakta yang memengaruhi"))
    analysis = models.TextField(_("IV. Analisis"))
    conclusion = models.TextField(_("V. Kesimpulan"))
    advice = models.TextField(_("VI. Saran tindak"))

    PARTS = ("problem", "assumptions", "facts", "analysis", "conclusion", "advice")
    """Columns with the six parts of the text."""

    class Meta:
        verbose_name = _("telaahan staf")
        verbose_name_plural = _("telaahan staf")

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def parts(self) -> dict[str, str]:
        """The text by column."""
        return {name: getattr(self, name) for name in self.PARTS}
