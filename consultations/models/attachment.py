"""Uploaded files of a case: the letter, material, later additions."""

from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.storage_paths import random_path
from kit import clock
from kit.encryption import EncryptedFileField
from kit.records import constraint


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def lacking_inert_copy(self) -> "AttachmentQuerySet":
        """Return PDFs that browsers do not show yet."""
        return self.filter(content_type="application/pdf", inert_copy="").exclude(file="")


class Attachment(models.Model):
    """One checked file (Lampiran). Served by views that check `visible_to`."""

    class Purpose(models.TextChoices):
        LETTER = "LETTER", _("Surat permohonan")
        MATERIAL = "MATERIAL", _("Bahan konsultasi")
        COMPLETION = "COMPLETION", _("Kelengkapan")
        OPINION = "OPINION", _("Pendapat instansi")
        MEETING = "MEETING", _("Daftar hadir rapat")
        ATTENDANCE = "ATTENDANCE", _("Daftar hadir")
        PHOTO = "PHOTO", _("Foto konsultasi")

    FROM_OFFICE = (Purpose.OPINION, Purpose.MEETING, Purpose.ATTENDANCE, Purpose.PHOTO)
    """Purposes of files that the office adds. The holder of the secret link does not get them."""

    OF_SESSION = (Purpose.ATTENDANCE, Purpose.PHOTO)
    """Purposes of files that are printed with the report."""

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="attachments")
    purpose = models.CharField(_("jenis"), max_length=10, choices=Purpose)
    file = EncryptedFileField(
        _("berkas"), upload_to=partial(random_path, folder="attachments"), encrypted_if="is_sealed"
    )
    inert_copy = EncryptedFileField(
        _("salinan untuk dilihat"),
        blank=True,
        encrypted_if="is_sealed",
        help_text=_(
            "PDF tanpa skrip, tindakan, dan berkas di dalamnya; berkas asli bila tidak ada yang aktif"
        ),
    )
    name = models.CharField(_("nama berkas"), max_length=150)
    content_type = models.CharField(_("jenis isi"), max_length=50)
    size = models.PositiveIntegerField(_("ukuran (bita)"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField(_("ditambahkan"), default=clock.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("oleh"),
        null=True,
        related_name="+",
        help_text=_("Kosong: pemohon"),
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("lampiran")
        verbose_name_plural = _("lampiran")
        indexes = [
            models.Index(fields=["file"], name="attachment_file"),
            models.Index(
                fields=["added_at"],
                name="attachment_without_copy",
                condition=Q(content_type="application/pdf", inert_copy=""),
            ),
        ]
        constraints = [
            constraint(
                "attachment_of_an_accepted_type",
                Q(content_type__in=["application/pdf", "image/jpeg", "image/png"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether browsers show it. A PDF is only downloaded while its inert copy is missing."""
        return bool(self.inert_copy) or self.is_picture

    @property
    def is_picture(self) -> bool:
        return self.content_type != "application/pdf"

    @property
    def is_sealed(self) -> bool:
        """Whether the file may identify a hidden complainant. It opens only after a logged reveal.

        Such a file is stored encrypted.
        """
        return self.case.identity == Identity.CONFIDENTIAL and self.purpose not in self.FROM_OFFICE
