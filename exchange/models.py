"""Other systems with tokens and scopes, webhooks, cases that a system has sent, answers of other offices."""

import datetime as dt
import uuid
from ipaddress import ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.models import Case, Event
from kit import clock
from kit.encryption import EncryptedField
from kit.forms import validate_one_line
from office.models.people import user_field

MAX_RATE = 600
"""Requests per minute that a system can be granted at most."""


class Scope(models.TextChoices):
    """Permissions of a token. The visibility of cases is another question (exchange/systems.py)."""

    READ_CASES = "read:cases", _("Membaca permohonan yang boleh dilihat penanggung jawab")
    READ_DOCUMENTS = "read:documents", _("Mengunduh naskah permohonan itu")
    WRITE_INTAKE = "write:intake", _("Mengirim permohonan dan pengaduan, dan mengikuti kirimannya sendiri")
    READ_STATISTICS = "read:statistics", _("Membaca statistik untuk umum")


COLUMNS = {
    Scope.READ_CASES: "reads_cases",
    Scope.READ_DOCUMENTS: "reads_documents",
    Scope.WRITE_INTAKE: "sends_requests",
    Scope.READ_STATISTICS: "reads_statistics",
}
"""Column of each scope."""


def check_network(value: str) -> None:
    """Raise ValidationError unless the text is a network such as `203.0.113.0/24`."""
    try:
        ip_network(value)
    except ValueError as error:
        raise ValidationError(
            _("Tulis alamat jaringan, contoh: 203.0.113.0/24, atau satu alamat, contoh: 203.0.113.7.")
        ) from error


class SystemQuerySet(models.QuerySet["System"]):
    def waiting(self) -> "SystemQuerySet":
        """Return the systems whose official has issued no token yet."""
        return self.filter(revoked_at=None, issued_at=None)

    def usable(self) -> "SystemQuerySet":
        """Return the systems whose token is valid now."""
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class System(models.Model):
    """A system of another agency (Sistem lain).

    One person proposes it. The responsible official, another person, issues its token. The database stores
    the SHA-256 of the token.
    """

    is_remembered = True
    not_remembered = not_recorded = ("last_used_at", "notified_at")

    name = models.CharField(
        _("nama sistem"),
        max_length=80,
        help_text=_("Contoh: aplikasi pelayanan kecamatan"),
        validators=[validate_one_line],
    )
    contact = models.CharField(
        _("kontak pengelolanya"),
        max_length=200,
        help_text=_("Instansi, nama, dan telepon atau surel orang yang dihubungi bila ada masalah."),
        validators=[validate_one_line],
    )
    official = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("penanggung jawab"),
        related_name="systems",
        help_text=_("Pejabat yang menerbitkan token. Sistem ini melihat paling banyak yang ia lihat."),
    )
    reads_cases = models.BooleanField(Scope.READ_CASES.label, default=False)
    reads_documents = models.BooleanField(Scope.READ_DOCUMENTS.label, default=False)
    sends_requests = models.BooleanField(Scope.WRITE_INTAKE.label, default=False)
    reads_statistics = models.BooleanField(Scope.READ_STATISTICS.label, default=False)
    network = models.CharField(
        _("hanya dari jaringan (boleh kosong)"),
        max_length=43,
        blank=True,
        validators=[check_network],
        help_text=_("Contoh: 203.0.113.0/24. Kosong: dari mana saja."),
    )
    rate = models.PositiveSmallIntegerField(
        _("permintaan paling banyak per menit"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RATE)],
    )
    proposed_by = user_field(_("diusulkan oleh"))
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    notified_at = models.DateTimeField(_("penanggung jawab disurati"), null=True, editable=False)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    issued_at = models.DateTimeField(_("token diterbitkan"), null=True)
    expires_at = models.DateTimeField(_("token berlaku sampai"), null=True)
    last_used_at = models.DateTimeField(_("terakhir dipakai"), null=True)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True, editable=False)
    revoked_by = user_field(_("dicabut oleh"), null=True)

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("sistem lain")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="system_name_used_once",
                condition=Q(revoked_at=None),
                violation_error_message=_("Sudah ada sistem dengan nama ini. Cabut dulu yang lama."),
            ),
            models.UniqueConstraint(
                fields=["token_hash"], name="system_token_used_once", condition=~Q(token_hash="")
            ),
            models.CheckConstraint(
                name="system_may_do_something",
                condition=Q(reads_cases=True)
                | Q(reads_documents=True)
                | Q(sends_requests=True)
                | Q(reads_statistics=True),
                violation_error_message=_("Pilih paling sedikit satu kewenangan."),
            ),
            models.CheckConstraint(
                name="system_proposed_and_granted_by_two_people",
                condition=~Q(official=F("proposed_by")),
                violation_error_message=_("Pengusul dan penanggung jawab harus dua orang."),
            ),
            models.CheckConstraint(
                name="system_token_expires",
                condition=Q(token_hash="", issued_at=None, expires_at=None)
                | ~Q(token_hash="") & Q(issued_at__isnull=False, expires_at__gt=F("issued_at")),
            ),
            models.CheckConstraint(
                name="system_revoked_by_whom_and_when",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="system_rate_in_bounds", condition=Q(rate__gte=1, rate__lte=MAX_RATE)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[Scope]:
        return [scope for scope, column in COLUMNS.items() if getattr(self, column)]

    @property
    def is_usable(self) -> bool:
        """Whether its token is valid now."""
        return self.revoked_at is None and self.expires_at is not None and self.expires_at > clock.now()

    @property
    def expires_soon(self) -> bool:
        """Whether the token expires within thirty days."""
        return self.is_usable and self.expires_at < clock.now() + dt.timedelta(days=30)  # type: ignore[operator]

    @property
    def title(self) -> str:
        """Title of the system in the audit log and in the history of readings."""
        return f"sistem “{self.name}”"


LONGEST_TRY = dt.timedelta(days=5)
"""Time after which an announcement that was never accepted fails."""


def get_last_moment() -> dt.datetime:
    """Return when an announcement that is created or replayed now fails."""
    return clock.now() + LONGEST_TRY


class Webhook(models.Model):
    """An address that gets the steps of the cases that a system sees, and the secret of the signatures."""

    is_remembered = True
    not_remembered = ("failing_since",)
    not_recorded = ("failing_since", "stopped_at")
    encrypted_for = ("system_id",)

    system = models.ForeignKey(System, models.PROTECT, verbose_name=_("sistem lain"), related_name="webhooks")
    url = models.URLField(_("alamat penerima"), max_length=300)
    states = models.JSONField(_("hanya bila status menjadi"), default=list, blank=True)
    """States (State) that are announced when a case reaches them. Empty: every step is announced."""

    secret = EncryptedField(editable=False)
    stopped_at = models.DateTimeField(_("dihentikan"), null=True)
    failing_since = models.DateTimeField(
        _("gagal sejak"), null=True, editable=False, help_text=_("Kosong: kejadian terakhir diterima")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("webhook")
        constraints = [
            models.CheckConstraint(name="webhook_has_a_secret", condition=~Q(secret="")),
            models.UniqueConstraint(fields=["system", "url"], name="webhook_address_used_once"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_running(self) -> bool:
        """Whether it is not stopped, and the token of its system is valid."""
        return self.stopped_at is None and self.system.is_usable


class WebhookEvent(models.Model):
    """A step that is announced to one webhook. `key` is the same in every attempt.

    The row is stored in the transaction of the step. The content follows from the event and from the kind of
    the case after it, which never change (`exchange/webhooks.py:get_payload`).
    """

    not_recorded = True  # delivery of a step

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Menunggu dikirim")
        SENDING = "SENDING", _("Sedang dikirim")
        SENT = "SENT", _("Terkirim")
        FAILED = "FAILED", _("Gagal terkirim")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(
        Webhook, models.PROTECT, verbose_name=_("webhook"), related_name="events", db_index=False
    )
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("langkah"), related_name="announcements")
    kind = models.CharField(_("jenis saat itu"), max_length=12, choices=Kind, editable=False)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    created_at = models.DateTimeField(_("dicatat"), default=clock.now)
    due_at = models.DateTimeField(_("tidak sebelum"), default=clock.now)
    fails_at = models.DateTimeField(_("dicoba sampai"), default=get_last_moment)
    claimed_at = models.DateTimeField(_("mulai dikirim"), null=True)
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    reason = models.CharField(_("keterangan"), max_length=200, blank=True)
    answer = models.PositiveSmallIntegerField(_("jawaban penerima"), null=True)
    """Status of HTTP that the receiver answered last. None: it gave no answer."""

    class Meta:
        verbose_name = verbose_name_plural = _("kejadian webhook")
        indexes = [
            models.Index(fields=["webhook", "id"], name="webhook_event_in_order"),
            models.Index(
                fields=["status", "due_at"], name="webhook_event_to_send", condition=Q(status="WAITING")
            ),
            models.Index(
                fields=["claimed_at"], name="webhook_event_claimed", condition=Q(claimed_at__isnull=False)
            ),
            models.Index(fields=["created_at"], name="webhook_event_created"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "webhook"], name="step_announced_once"),
            models.CheckConstraint(
                name="webhook_event_of_a_known_status",
                condition=Q(status__in=["WAITING", "SENDING", "SENT", "FAILED"]),
            ),
            models.CheckConstraint(
                name="webhook_event_being_sent_is_claimed",
                condition=Q(status="SENDING", claimed_at__isnull=False)
                | ~Q(status="SENDING") & Q(claimed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="sent_webhook_event_says_when", condition=~Q(status="SENT") | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="failed_webhook_event_says_why", condition=~Q(status="FAILED") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.key}"

    @property
    def is_ended(self) -> bool:
        """Whether it is not sent again by itself."""
        return self.status in (self.Status.SENT, self.Status.FAILED)


class SubmittedCase(models.Model):
    """A case that came in through the API, and the system that may follow it."""

    not_recorded = True  # a key against repetition

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
        verbose_name = verbose_name_plural = _("kiriman sistem lain")
        indexes = [models.Index(fields=["system", "case"], name="submitted_by_system")]

    def __str__(self) -> str:
        return f"{self.system_id}: {self.case_id}"
