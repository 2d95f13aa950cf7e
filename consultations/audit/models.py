"""The audit log: acts of users and applicants, with time, position and network."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consultations.enums import BY_CODE, Party
from kit.records import constraint, get_display
from office.models.people import user_field


class Act(models.TextChoices):
    """Kinds of acts that are recorded."""

    LOGIN = "LOGIN", _("Masuk")
    LOGIN_FAILED = "LOGIN_FAILED", _("Gagal masuk")
    LOGOUT = "LOGOUT", _("Keluar")
    SESSION_ENDED = "SESSION_ENDED", _("Sesi diakhiri")
    SECOND_FACTOR = "SECOND_FACTOR", _("Verifikasi dua langkah")
    PASSWORD = "PASSWORD", _("Kata sandi diubah")
    ACCESS = "ACCESS", _("Akun atau jabatan diubah")
    SETTING = "SETTING", _("Pengaturan diubah")
    LOOKUP = "LOOKUP", _("Dicari dengan kode lacak")
    LINK = "LINK", _("Tautan pemohon diperoleh")
    IDENTITY = "IDENTITY", _("Identitas pelapor dibuka")
    DRAFT = "DRAFT", _("Kiriman yang ditahan dibuka")
    CASE = "CASE", _("Permohonan dibuka")
    FILE = "FILE", _("Berkas dibuka")
    DOCUMENT = "DOCUMENT", _("Naskah dibuka")
    EXPORT = "EXPORT", _("Daftar diunduh")
    AUDIT_LOG = "AUDIT_LOG", _("Catatan akses dibaca")
    DEADLINES = "DEADLINES", _("Batas waktu dihitung ulang")
    ARRIVAL = "ARRIVAL", _("Kedatangan ke konsultasi")
    ERASED = "ERASED", _("Isi dihapus")


OF_CASE = (Act.LOOKUP, Act.LINK, Act.IDENTITY, Act.CASE, Act.DEADLINES, Act.ARRIVAL, Act.ERASED)
"""Acts that always concern a case."""

BY_REMBUK = (Act.DEADLINES, Act.ERASED)
"""Acts of Rembuk itself: deadlines are computed again after an upgrade, and what was approved is erased."""

BY_APPLICANT = Q(user__isnull=True, case__isnull=False) & ~Q(act__in=BY_REMBUK) & ~Q(title=BY_CODE)
"""Entries of holders of a secret link."""


class AuditEntry(models.Model):
    """One act: user, title, time, network, case, and what was opened or changed, without its content.

    Entries without a user are of applicants, of Rembuk itself, or of failed logins with an unknown name.
    Database triggers refuse to change or delete a row (kit/records.py). `at` is the time of the database.
    """

    is_own_subject = True  # an act that changes no case

    is_append_only = True

    at = models.DateTimeField(_("waktu"), db_default=Now(), editable=False)
    act = models.CharField(_("perbuatan"), max_length=20, choices=Act)
    user = user_field(_("oleh"), null=True, db_index=False)
    title = models.CharField(_("selaku"), max_length=210, blank=True)
    address = models.CharField(_("jaringan"), max_length=24, blank=True)
    case = models.ForeignKey(
        "consultations.Case",
        models.PROTECT,
        verbose_name=_("permohonan"),
        null=True,
        db_index=False,
        related_name="audit_entries",
    )
    target = models.CharField(_("yang dibuka atau diubah"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("catatan akses")
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["user", "-id"], name="audit_by_user"),
            models.Index(fields=["case", "-id"], name="audit_by_case"),
            models.Index(fields=["act", "-id"], name="audit_by_act"),
        ]
        constraints = [
            constraint("audit_of_a_known_act", Q(act__in=Act.values)),
            constraint("audit_says_which_case", ~Q(act__in=OF_CASE) | Q(case__isnull=False)),
            constraint(
                "audit_without_user_of_applicants_and_failed_logins",
                Q(user__isnull=False) | Q(case__isnull=False) & ~Q(title="") | Q(act="LOGIN_FAILED"),
            ),
            constraint(
                "audit_address_is_shortened",
                Q(address="") | Q(address__endswith="/24") | Q(address__endswith="/48"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.user_id}"

    _get_FIELD_display = get_display  # noqa: N815 -- Django's name

    @property
    def is_by_applicant(self) -> bool:
        is_of_case = self.user_id is None and self.case_id is not None
        return is_of_case and self.act not in BY_REMBUK and self.title != BY_CODE

    @property
    def acted_as(self) -> str:
        """Recorded title; for the applicant, the label in the reader's language."""
        return str(Party.APPLICANT.label) if self.is_by_applicant else self.title
