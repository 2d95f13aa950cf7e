"""Records of a case: events, involvements, link, drafts, notes of colleagues, objections, uploaded files."""

import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import BY_CODE, Identity, Party, State
from consultations.models.case import Case
from kit import clock
from kit.encryption import (
    EncryptedFileField,
)
from kit.records import constraint
from office.models.people import user_field


class Event(models.Model):
    """A step that was taken: actor, title, time of the step and time of its entry.

    Database triggers refuse to change or delete a row (kit/records.py).
    """

    is_append_only = True
    erasable = ("note",)

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="history")
    number = models.PositiveSmallIntegerField(_("langkah SK"))
    verb = models.CharField(_("langkah"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("oleh"),
        null=True,
        related_name="+",
        help_text=_("Kosong: pemohon"),
    )
    title = models.CharField(_("selaku"), max_length=210)
    source = models.CharField(_("dari"), max_length=12, choices=State, blank=True)
    target = models.CharField(_("menjadi"), max_length=12, choices=State)
    happened_at = models.DateTimeField(_("terjadi"))
    entered_at = models.DateTimeField(_("dicatat"))
    note = models.TextField(_("catatan"), blank=True)

    class Meta:
        verbose_name = _("aktivitas (log)")
        verbose_name_plural = _("aktivitas (log)")
        indexes = [
            models.Index(fields=["happened_at"], name="event_happened_at"),
            models.Index(fields=["entered_at"], name="event_entered_at"),
        ]
        constraints = [
            constraint("entered_after_it_happened", Q(entered_at__gte=F("happened_at"))),
            constraint("event_says_in_which_position", ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def acted_as(self) -> str:
        """Recorded title of the actor; for the applicant, the label in the reader's language."""
        return self.name_actor(str(Party.APPLICANT.label))

    def name_actor(self, applicant: str) -> str:
        """Return the recorded title of the actor, or `applicant` for the holder of the secret link."""
        return self.title if self.by_id or self.title == BY_CODE else applicant

    @property
    def entered_late(self) -> bool:
        """Whether the step was entered more than five minutes after it happened."""
        return (self.entered_at - self.happened_at).total_seconds() > 300


class LinkAccess(models.Model):
    """One access of a user to the secret link of a case: reader, title, time and place.

    With the link, anybody can act as the applicant. Database triggers refuse to change or delete a row
    (kit/records.py).
    """

    is_append_only = True

    class Place(models.TextChoices):
        RECEIPT = "RECEIPT", _("Tanda Terima")
        MESSAGE = "MESSAGE", _("Pesan WhatsApp untuk pemohon")
        PAGE = "PAGE", _("Halaman pemohon")

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="link_accesses"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(
        _("selaku"), max_length=210, blank=True, help_text=_("Kosong: tidak memegang jabatan")
    )
    at = models.DateTimeField(_("waktu"), default=clock.now)
    place = models.CharField(_("lewat"), max_length=10, choices=Place)

    class Meta:
        verbose_name = _("pembukaan tautan pemohon")
        verbose_name_plural = _("pembukaan tautan pemohon")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"


class Involvement(models.Model):
    """The officer of a case, or one of its companions, once.

    Derived from `Case.officer` and `Case.companions` by `store_involvements()`, which each step calls.
    """

    case = models.ForeignKey("Case", models.CASCADE, related_name="involvements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="involvements", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="user_is_involved_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.user_id}"


class StepDraft(models.Model):
    """The unsent input of one step on one case. It is saved while somebody types and deleted with the step.

    Any user who may take the step can continue the draft. `content` has the typed values by field, and the
    browser window.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="step_drafts")
    verb = models.CharField(_("langkah"), max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now)
    content = models.JSONField(_("isi"), default=dict)

    class Meta:
        verbose_name = _("konsep")
        verbose_name_plural = _("konsep")
        constraints = [models.UniqueConstraint(fields=["case", "verb"], name="one_draft_per_step_of_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def typed(self) -> dict[str, Any]:
        values: dict[str, Any] = self.content["typed"]
        return values

    @property
    def window(self) -> str:
        return str(self.content["window"])


class CaseNote(models.Model):
    """A note of one colleague for the others who see the case (Catatan rekan). It may mention one of them.

    It is no official record. It is deleted some time after the case has ended.
    """

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="notes")
    by = user_field(_("oleh"))
    at = models.DateTimeField(_("waktu"), default=clock.now)
    text = models.TextField(_("catatan"))
    mentioned = user_field(_("menyebut"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("catatan rekan")
        constraints = [constraint("note_says_something", ~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"


class Objection(models.Model):
    """An objection (Keberatan) to a refusal and its decision (UU 30/2014, article 77).

    `authority` names who decides outside the office; empty: the head. The Sekretariat records that decision
    with its number, date and scan. Database triggers refuse other changes (kit/records.py).
    """

    is_append_only = True
    set_once = (
        *("is_granted", "decision", "decided_by", "decided_title", "decided_at"),
        *("decision_number", "decision_date", "scan"),
    )
    erasable = ("reason", "decision")

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="objections")
    received_at = models.DateTimeField(_("diterima"), default=clock.now)
    recorded_by = user_field(_("dicatat oleh"), null=True, help_text=_("Kosong: pemohon"))
    recorded_title = models.CharField(_("dicatat selaku"), max_length=210, blank=True)
    reason = models.TextField(_("alasan keberatan"))
    authority = models.CharField(_("pemutus di luar kantor"), max_length=150, blank=True)
    due = models.DateField(_("diputus paling lambat"))
    is_granted = models.BooleanField(_("dikabulkan"), null=True)
    decision = models.TextField(_("pertimbangan"), blank=True)
    decided_by = user_field(_("diputus atau dicatat oleh"), null=True)
    decided_title = models.CharField(_("diputus selaku"), max_length=210, blank=True)
    decided_at = models.DateTimeField(_("diputus"), null=True)
    decision_number = models.CharField(_("nomor keputusan"), max_length=100, blank=True)
    decision_date = models.DateField(_("tanggal keputusan"), null=True)
    scan = models.OneToOneField(
        "Attachment", models.PROTECT, verbose_name=_("pindaian keputusan"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("keberatan")
        verbose_name_plural = _("keberatan")
        indexes = [models.Index(fields=["received_at"], name="objection_received_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="one_open_objection_of_a_case", condition=Q(decided_at=None)
            ),
            constraint(
                "objection_decided_how_why_when_and_by_whom",
                Q(
                    *(Q(decision=""), Q(decided_title=""), Q(decision_number="")),
                    is_granted__isnull=True,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | Q(is_granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision="")
                & ~Q(decided_title=""),
            ),
            constraint(
                "decision_from_outside_has_number_date_and_scan",
                Q(decision_number="", decision_date__isnull=True, scan__isnull=True)
                & (Q(authority="") | Q(decided_at__isnull=True))
                | ~Q(authority="")
                & ~Q(decision_number="")
                & Q(decision_date__isnull=False, scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.received_at}"


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

    A file of a consultation may be removed: the row stays, without the file. Database triggers refuse other
    changes and deletions (kit/records.py).
    """

    is_append_only = True
    changeable = ("file", "inert_copy", "pictures")
    set_once = ("inert_sha256", "pictures_sha256", "removed_at", "removed_by")
    erasable = ("name",)

    class Purpose(models.TextChoices):
        LETTER = "LETTER", _("Surat permohonan")
        MATERIAL = "MATERIAL", _("Bahan konsultasi")
        COMPLETION = "COMPLETION", _("Kelengkapan")
        OPINION = "OPINION", _("Pendapat instansi")
        MEETING = "MEETING", _("Daftar hadir rapat")
        ATTENDANCE = "ATTENDANCE", _("Daftar hadir")
        PHOTO = "PHOTO", _("Foto konsultasi")
        ORDER = "ORDER", _("Bukti disposisi atau penugasan")
        OBJECTION = "OBJECTION", _("Berkas keberatan")
        DECISION = "DECISION", _("Keputusan atas keberatan")
        REQUIREMENT = "REQUIRED", _("Persyaratan")

    FROM_OFFICE = (
        *(Purpose.OPINION, Purpose.MEETING, Purpose.ATTENDANCE, Purpose.PHOTO, Purpose.ORDER),
        Purpose.DECISION,
    )
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
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("oleh"),
        null=True,
        related_name="+",
        help_text=_("Kosong: pemohon"),
    )

    removed_at = models.DateTimeField(_("dihapus"), null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("dihapus oleh"),
        null=True,
        related_name="+",
    )
    inert_sha256 = models.CharField(_("SHA-256 salinan"), max_length=64, blank=True)
    pictures_sha256 = models.CharField(_("SHA-256 gambar"), max_length=64, blank=True)

    objects = AttachmentManager()

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

    `text` is the requirement as it was published then. Database triggers refuse to change or delete a row
    (kit/records.py).
    """

    is_append_only = True

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="given_requirements"
    )
    text = models.CharField(_("persyaratan"), max_length=300)
    attachment = models.OneToOneField(
        Attachment, models.PROTECT, verbose_name=_("berkas"), null=True, related_name="+"
    )
    given_at = models.DateTimeField(_("diterima"), default=clock.now)

    class Meta:
        verbose_name = _("persyaratan yang dipenuhi")
        verbose_name_plural = _("persyaratan yang dipenuhi")
        constraints = [constraint("given_requirement_says_which", ~Q(text=""))]

    def __str__(self) -> str:
        return self.text
