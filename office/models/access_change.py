"""Changes of access: appointments, accounts and credentials. One person proposes, another decides."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.records import constraint
from office.models.people import BOTH_OR_NEITHER, Appointment, FactorRequirement, Position, User


class AccessChange(models.Model):
    """A proposed change of a person's rights or login (perubahan akses).

    It takes effect when a second person confirms it. `decided_by` is empty if it took effect at once: an
    account was closed, the office was being set up, or it had no second person yet.

    A changed requirement of a second factor has its proposer as `user`, because it is about a role.
    """

    class Kind(models.TextChoices):
        APPOINT = "APPOINT", _("Angkat ke jabatan")
        LAST_DAY = "LAST_DAY", _("Akhiri atau perpanjang jabatan")
        GRANT_ADMIN = "GRANT_ADMIN", _("Jadikan administrator")
        REVOKE_ADMIN = "REVOKE_ADMIN", _("Cabut tugas administrator")
        OPEN_ACCOUNT = "OPEN_ACCOUNT", _("Buka kembali akun")
        CLOSE_ACCOUNT = "CLOSE_ACCOUNT", _("Tutup akun")
        PASSWORD = "PASSWORD", _("Atur ulang kata sandi dengan undangan")
        EMAIL = "EMAIL", _("Ganti alamat surel")
        NIP = "NIP", _("Ganti NIP")
        FACTOR = "FACTOR", _("Pulihkan verifikasi dua langkah")
        FACTOR_RULE = "FACTOR_RULE", _("Ubah kewajiban verifikasi dua langkah")

    class Outcome(models.TextChoices):
        CONFIRMED = "CONFIRMED", _("Disetujui")
        REFUSED = "REFUSED", _("Ditolak")

    kind = models.CharField(_("perubahan"), max_length=16, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("pegawai"), related_name="access_changes")
    position = models.ForeignKey(Position, models.PROTECT, verbose_name=_("jabatan"), null=True)
    acting = models.CharField(_("sebagai"), max_length=4, choices=Appointment.Acting, blank=True)
    order_number = models.CharField(_("nomor Surat Perintah"), max_length=100, blank=True)
    order_date = models.DateField(_("tanggal Surat Perintah"), null=True)
    starts = models.DateField(_("mulai"), null=True)
    ends = models.DateField(_("sampai"), null=True)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name=_("pemangku jabatan"), null=True, related_name="+"
    )
    before = models.CharField(_("semula"), max_length=254, blank=True)
    value = models.CharField(_("menjadi"), max_length=254, blank=True)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diusulkan oleh"), related_name="proposed_changes"
    )
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    expires_at = models.DateTimeField(_("kedaluwarsa"))
    outcome = models.CharField(_("keputusan"), max_length=9, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diputuskan oleh"), null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("diputuskan"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("perubahan akses")
        ordering = ["-pk"]
        constraints = [
            constraint(
                "access_change_says_what",
                Q(kind="APPOINT", position__isnull=False, starts__isnull=False, appointment__isnull=True)
                | Q(kind="LAST_DAY", position__isnull=True, starts__isnull=True, appointment__isnull=False)
                | Q(
                    kind__in=[
                        *("GRANT_ADMIN", "REVOKE_ADMIN", "OPEN_ACCOUNT", "CLOSE_ACCOUNT"),
                        *("PASSWORD", "EMAIL", "NIP", "FACTOR", "FACTOR_RULE"),
                    ],
                    position__isnull=True,
                    starts__isnull=True,
                    ends__isnull=True,
                    appointment__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="appointment_proposed_in_order",
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Tanggal sampai tidak boleh sebelum tanggal mulai."),
            ),
            constraint("proposed_order_has_number_and_date", BOTH_OR_NEITHER),
            constraint(
                "nobody_proposes_the_own_recovery",
                ~Q(kind__in=["PASSWORD", "FACTOR"]) | ~Q(user=F("proposed_by")),
            ),
            constraint(
                "access_change_decided_when",
                Q(outcome="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(outcome="REFUSED", decided_at__isnull=False, decided_by__isnull=False)
                | Q(outcome="CONFIRMED", decided_at__isnull=False),
            ),
            constraint(
                "access_change_confirmed_by_a_second_person",
                ~Q(outcome="CONFIRMED")
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"

    @property
    def is_expired(self) -> bool:
        """Whether nobody decided in time."""
        return not self.outcome and self.expires_at <= clock.now()

    @property
    def is_open(self) -> bool:
        return not self.outcome and not self.is_expired

    @property
    def took_effect_alone(self) -> bool:
        """Whether the change took effect without a second person."""
        return self.outcome == self.Outcome.CONFIRMED and self.decided_by_id is None

    @property
    def old(self) -> str:
        """The value before the change, in readable form."""
        return self._show(self.before)

    @property
    def new(self) -> str:
        return self._show(self.value)

    def _show(self, value: str) -> str:
        is_rule = value and self.kind == self.Kind.FACTOR_RULE
        return str(FactorRequirement.from_value(value)) if is_rule else value

    @property
    def summary(self) -> str:
        """The change in one sentence for mails and the audit log, without e-mail address and NIP."""
        facts = {
            "name": f"{self.user} ({self.user.username})",
            "title": f"{self.acting} {self.position.title}".strip() if self.position else "",
            "role": self.position.get_role_display() if self.position else "",
            "first": date_format(self.starts) if self.starts else "",
            "last": date_format(self.ends) if self.ends else _("tanpa batas"),
            "held": self.appointment.title if self.appointment else "",
            "rule": self.new,
        }
        return _SENTENCES[self.Kind(self.kind)] % facts


class StaffCheck(models.Model):
    """The list of staff that the head confirmed after the opening (ADR 47). `shown` has a line per person."""

    at = models.DateTimeField(_("waktu"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("diperiksa oleh"), related_name="+")
    shown = models.TextField(_("daftar yang diperiksa"))

    class Meta:
        verbose_name = verbose_name_plural = _("pemeriksaan daftar orang")

    def __str__(self) -> str:
        return f"{self.by}, {date_format(self.at)}"


_K = AccessChange.Kind
_SENTENCES = {
    _K.APPOINT: _("%(name)s menjadi %(title)s (%(role)s), %(first)s sampai %(last)s."),
    _K.LAST_DAY: _("%(name)s, %(held)s: hari terakhir menjadi %(last)s."),
    _K.GRANT_ADMIN: _("%(name)s menjadi administrator."),
    _K.REVOKE_ADMIN: _("%(name)s tidak lagi menjadi administrator."),
    _K.OPEN_ACCOUNT: _("Akun %(name)s dibuka kembali."),
    _K.CLOSE_ACCOUNT: _("Akun %(name)s ditutup."),
    _K.PASSWORD: _("Kata sandi %(name)s dihapus; undangan untuk membuat yang baru."),
    _K.EMAIL: _("Alamat surel %(name)s diganti."),
    _K.NIP: _("NIP %(name)s diganti."),
    _K.FACTOR: _("Verifikasi dua langkah %(name)s dihapus."),
    _K.FACTOR_RULE: _("Verifikasi dua langkah, %(rule)s."),
}
