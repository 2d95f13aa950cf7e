"""Uploaded files of a case (Lampiran), and the requirements that they meet."""

import uuid
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from kit import clock
from kit.encryption import EncryptedFileField
from kit.records import constraint
from office.models.people import user_field


def random_path(instance: Any, name: str, *, folder: str) -> str:
    """Return a path such as `drafts/0a/0a4f...`, which shows neither the name of a file nor its sender.

    Use as `upload_to=partial(random_path, folder="drafts")`.
    """
    token = uuid.uuid4().hex
    return f"{folder}/{token[:2]}/{token}"


AUDIO = ("audio/mp4", "audio/mpeg", "audio/ogg", "audio/webm", "audio/wav")
"""Types of a voice note."""


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def lacking_inert_copy(self) -> "AttachmentQuerySet":
        """Return PDFs that browsers do not show yet."""
        return self.filter(content_type="application/pdf", inert_copy="").exclude(file="")


class AttachmentManager(models.Manager.from_queryset(AttachmentQuerySet)):  # type: ignore[misc]
    """Files without those that were removed. `_base_manager` has all: a removed one stays on record."""

    def get_queryset(self) -> AttachmentQuerySet:
        found: AttachmentQuerySet = super().get_queryset().filter(removed_at=None)
        return found


class Attachment(models.Model):
    """One checked file (Lampiran). Served by views that check `visible_to`.

    A file of a consultation may be removed: the row stays, without the file.
    """

    not_recorded = ("file", "inert_copy", "pictures")  # verify_record compares the files with their hashes

    class Purpose(models.TextChoices):
        LETTER = "LETTER", _("Surat permohonan")
        MATERIAL = "MATERIAL", _("Bahan konsultasi")
        COMPLETION = "COMPLETION", _("Kelengkapan")
        OPINION = "OPINION", _("Pendapat instansi")
        MEETING = "MEETING", _("Daftar hadir rapat")
        ATTENDANCE = "ATTENDANCE", _("Daftar hadir")
        PHOTO = "PHOTO", _("Foto konsultasi")
        ORDER = "ORDER", _("Bukti disposisi atau penugasan")
        REQUIREMENT = "REQUIRED", _("Persyaratan")

    FROM_OFFICE = (Purpose.OPINION, Purpose.MEETING, Purpose.ATTENDANCE, Purpose.PHOTO, Purpose.ORDER)
    """Purposes of files that the office adds. The holder of the secret link does not get them."""

    OF_SESSION = (Purpose.ATTENDANCE, Purpose.PHOTO)
    """Purposes of files that are printed with the report."""

    WITH_RECORD = (*OF_SESSION, Purpose.ORDER)
    """Purposes of files that pages show beside their record, not among the attachments."""

    DRAWN_TYPES = ("application/pdf", "image/jpeg", "image/png")
    """Types of files of which pictures are drawn."""

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="attachments")
    purpose = models.CharField(_("jenis"), max_length=10, choices=Purpose)
    file = EncryptedFileField(
        _("berkas"),
        upload_to=partial(random_path, folder="attachments"),
        encrypted_if="is_sealed",
        hashed_in="sha256",
    )
    inert_copy = EncryptedFileField(
        _("salinan untuk dilihat"),
        blank=True,
        encrypted_if="is_sealed",
        hashed_in="inert_sha256",
        help_text=_(
            "PDF tanpa skrip, tindakan, dan berkas di dalamnya; berkas asli bila tidak ada yang aktif"
        ),
    )
    pictures = EncryptedFileField(
        _("gambar halaman"),
        blank=True,
        encrypted_if="is_sealed",
        hashed_in="pictures_sha256",
        help_text=_("Gambar kecil dan gambar tiap halaman, dibuat sistem"),
    )
    name = models.CharField(_("nama berkas"), max_length=150)
    content_type = models.CharField(_("jenis isi"), max_length=50)
    size = models.PositiveIntegerField(_("ukuran (bita)"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField(_("ditambahkan"), default=clock.now)
    added_by = user_field(_("oleh"), null=True, help_text=_("Kosong: pemohon"))

    removed_at = models.DateTimeField(_("dihapus"), null=True)
    removed_by = user_field(_("dihapus oleh"), null=True)
    inert_sha256 = models.CharField(_("SHA-256 salinan"), max_length=64, blank=True)
    pictures_sha256 = models.CharField(_("SHA-256 gambar"), max_length=64, blank=True)

    objects = AttachmentManager()

    class Meta:
        verbose_name = verbose_name_plural = _("lampiran")
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
                Q(content_type__in=["application/pdf", "image/jpeg", "image/png"])
                | Q(content_type__in=AUDIO, purpose="ORDER"),
            ),
            constraint(
                "removal_says_when_and_by_whom",
                Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            constraint(
                "only_files_of_a_session_are_removed",
                Q(removed_at__isnull=True) | Q(purpose__in=["ATTENDANCE", "PHOTO"], file="", inert_copy=""),
            ),
            constraint("inert_copy_has_its_hash", Q(inert_copy="") | ~Q(inert_sha256="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether browsers show it. A PDF is only downloaded while its inert copy is missing."""
        return bool(self.inert_copy) or self.content_type != "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_drawn(self) -> bool:
        """Whether pictures of its pages are made. A hidden complainant's file has none."""
        return self.content_type in self.DRAWN_TYPES and not self.is_sealed

    @property
    def is_audio(self) -> bool:
        return self.content_type in AUDIO

    @property
    def is_sealed(self) -> bool:
        """Whether the file may identify a hidden complainant. It opens only after a logged reveal.

        Such a file is stored encrypted.
        """
        return self.case.identity == Identity.CONFIDENTIAL and self.purpose not in self.FROM_OFFICE


class GivenRequirement(models.Model):
    """A requirement of the standard that an applicant has met: with a file, or confirmed without one.

    `text` is the requirement as it was published then.
    """

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="given_requirements"
    )
    text = models.CharField(_("persyaratan"), max_length=300)
    attachment = models.OneToOneField(
        Attachment, models.PROTECT, verbose_name=_("berkas"), null=True, related_name="+"
    )
    given_at = models.DateTimeField(_("diterima"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("persyaratan yang dipenuhi")
        constraints = [constraint("given_requirement_says_which", ~Q(text=""))]

    def __str__(self) -> str:
        return self.text
