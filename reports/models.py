"""The written report of a consultation and the papers that were issued, frozen as they were."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock


class Report(models.Model):
    """One version of the Laporan Hasil Konsultasi. A revision is a new version; the old one stays."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="reports")
    version = models.PositiveSmallIntegerField(_("versi"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="reports"
    )
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("disampaikan"), default=clock.now)

    general = models.TextField(_("1. Umum"), blank=True)
    purpose = models.TextField(_("2. Maksud dan tujuan"), blank=True)
    scope = models.TextField(_("3. Ruang lingkup"), blank=True)
    basis = models.TextField(_("4. Dasar"), blank=True)
    activities = models.TextField(_("Kegiatan yang dilaksanakan"))
    results = models.TextField(_("Hasil yang dicapai"))
    conclusion = models.TextField(_("Simpulan"), blank=True)
    advice = models.TextField(_("Saran"), blank=True)
    suggestions = models.TextField(_("Masukan"), blank=True)
    considerations = models.TextField(_("Pertimbangan"), blank=True)
    solutions = models.TextField(_("Solusi"), blank=True)
    recommendations = models.TextField(_("Rekomendasi"), blank=True)
    closing = models.TextField(_("Penutup"), blank=True)

    forwarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("paraf"), null=True, related_name="+"
    )
    forwarded_at = models.DateTimeField(_("diteruskan"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("diterima oleh"),
        null=True,
        related_name="+",
    )
    accepted_at = models.DateTimeField(_("diterima"), null=True)
    accepted_title = models.CharField(_("diterima selaku"), max_length=210, blank=True)
    number = models.CharField(_("nomor laporan"), max_length=100, null=True, unique=True)

    class Meta:
        verbose_name = _("laporan hasil konsultasi")
        verbose_name_plural = _("laporan hasil konsultasi")
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="report_versions_count_up"),
            models.UniqueConstraint(
                fields=["case"],
                name="one_accepted_report_per_case",
                condition=Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_holds_the_product_of_the_standard",
                condition=~Q(results="")
                & ~Q(advice="", suggestions="", considerations="", solutions="", recommendations=""),
            ),
            models.CheckConstraint(
                name="forwarded_by_whom_and_when",
                condition=Q(forwarded_by__isnull=True, forwarded_at__isnull=True)
                | Q(forwarded_by__isnull=False, forwarded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accepted_by_whom_when_as_what_under_which_number",
                condition=Q(
                    accepted_by__isnull=True, accepted_at__isnull=True, accepted_title="", number__isnull=True
                )
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, number__isnull=False)
                & ~Q(accepted_title=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.case_id} v{self.version}"


def unguessable_path(document: "Document", name: str) -> str:
    """Where a document lies on disk: nothing of its case shows."""
    return f"documents/{str(document.pk)[:2]}/{document.pk}.pdf"


class Document(models.Model):
    """A paper that was issued: made once, kept with the hash of its bytes, never made again."""

    class Kind(models.TextChoices):
        REPORT = "REPORT", _("Laporan Hasil Konsultasi")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="documents")
    number = models.CharField(_("nomor"), max_length=100)
    issuer = models.CharField(_("diterbitkan oleh"), max_length=210)
    issued_at = models.DateTimeField(_("diterbitkan"))
    file = models.FileField(_("berkas"), upload_to=unguessable_path)
    size = models.PositiveIntegerField(_("ukuran (bita)"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("dokumen terbit")
        verbose_name_plural = _("dokumen terbit")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="document_number_used_once"),
            models.CheckConstraint(
                name="document_has_bytes_and_hash", condition=Q(size__gt=0) & ~Q(sha256="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
