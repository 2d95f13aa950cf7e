"""The chain of leaves, the seals of its head, the queue before it, and the results of its verification.

The words are those of transparency logs (RFC 9162).
"""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import clock
from office.public_url import get_public_url

HASH_BYTES = 32


class Pending(models.Model):
    """A part of a row that waits for its leaf. Database triggers insert it (triggers.py)."""

    part = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("catatan yang menunggu segel")
        verbose_name_plural = _("catatan yang menunggu segel")
        indexes = [models.Index(fields=["part", "key"], name="pending_of_row")]

    def __str__(self) -> str:
        return f"{self.part}: {self.key}"


class Leaf(models.Model):
    """One part of one row: the hash of its columns, and the head of the chain up to here.

    Numbers have no gaps in a year. The first leaf of a year follows the last one of the year before.
    `key` is the primary key of the row, without the hyphens of a UUID. Database triggers refuse to change or
    delete a leaf (append_only.py).
    """

    is_append_only = True

    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"))
    part = models.PositiveSmallIntegerField(_("bagian"), help_text=_("Lihat ledger/parts.py."))
    key = models.CharField(_("kunci baris"), max_length=32)
    row_hash = models.BinaryField(_("hash baris"), max_length=HASH_BYTES)
    head = models.BinaryField(_("hash rantai"), max_length=HASH_BYTES)

    class Meta:
        verbose_name = _("mata rantai")
        verbose_name_plural = _("mata rantai")
        indexes = [models.Index(fields=["part", "key"], name="leaf_of_row")]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_leaf_per_number"),
            models.CheckConstraint(name="leaves_are_numbered_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"


class Seal(models.Model):
    """The head of the chain on one working day (segel), published where the office cannot change it.

    `signature` is a detached signature of `text` (CMS, DER in base64), `time_stamp` a token for it (RFC
    3161). A seal is itself sealed by a leaf.
    """

    is_append_only = True
    set_once = ("signature", "time_stamp", "mailed_at")

    day = models.DateField(_("hari"), unique=True)
    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"), help_text=_("Mata rantai terakhir yang disegel."))
    head = models.CharField(_("hash rantai"), max_length=2 * HASH_BYTES)
    at = models.DateTimeField(_("disegel"), default=clock.now)
    signature = models.TextField(_("tanda tangan"), blank=True)
    time_stamp = models.TextField(_("stempel waktu"), blank=True)
    mailed_at = models.DateTimeField(_("dikirim"), null=True)

    class Meta:
        verbose_name = _("segel catatan")
        verbose_name_plural = _("segel catatan")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_seal_per_leaf"),
            models.CheckConstraint(name="seal_has_a_head", condition=~Q(head="")),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"

    @property
    def text(self) -> str:
        """The text that is signed, time-stamped and mailed."""
        return f"rembuk-segel/1\n{self.day.isoformat()}\n{self.year}/{self.number}\n{self.head}\n"

    @property
    def sha256(self) -> bytes:
        """The hash of the text."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def head_in_groups(self) -> list[str]:
        return [self.head[start : start + 8] for start in range(0, len(self.head), 8)]

    @property
    def url(self) -> str:
        """The absolute URL of its page."""
        return get_public_url("seal", self.year, self.number)


class AuditDeletion(models.Model):
    """A deletion of rows of the audit log whose leaf is of a year before `first_kept`. It is sealed too."""

    is_append_only = True

    first_kept = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("penghapusan catatan akses")
        verbose_name_plural = _("penghapusan catatan akses")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: < {self.first_kept}"


class RecordCheck(models.Model):
    """The result of one verification of the whole record."""

    at = models.DateTimeField(default=clock.now)
    seconds = models.PositiveIntegerField()
    leaves = models.PositiveBigIntegerField()
    findings = models.PositiveIntegerField()
    first_findings = models.TextField(blank=True)

    class Meta:
        verbose_name = _("pemeriksaan catatan")
        verbose_name_plural = _("pemeriksaan catatan")
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.findings}"
