"""Other systems with access to the API: what each may do, for whom, and its token."""

import datetime as dt
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office import clock
from office.one_line import validate_one_line

MAX_RATE = 600
"""Requests per minute that a system can be granted at most."""


class Scope(models.TextChoices):
    """Permissions of a token. The visibility of cases is another question (exchange/queries.py)."""

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
    not_remembered = ("last_used_at", "notified_at")

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
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("diusulkan oleh"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    notified_at = models.DateTimeField(_("penanggung jawab disurati"), null=True, editable=False)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    issued_at = models.DateTimeField(_("token diterbitkan"), null=True)
    expires_at = models.DateTimeField(_("token berlaku sampai"), null=True)
    last_used_at = models.DateTimeField(_("terakhir dipakai"), null=True)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dicabut oleh"), null=True, related_name="+"
    )

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = _("sistem lain")
        verbose_name_plural = _("sistem lain")
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

    def admits(self, address: str) -> bool:
        """Return whether requests may come from a network address."""
        if not self.network:
            return True
        found = ip_address(address)
        return (getattr(found, "ipv4_mapped", None) or found) in ip_network(self.network)
