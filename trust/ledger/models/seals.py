"""The chain of leaves, the seals of its head, the queue before it, and the results of its verification.

The words are those of transparency logs (RFC 9162).
"""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.urls import get_public_url

HASH_BYTES = 32

NO_SEAL = "0" * 2 * HASH_BYTES
"""Zeros that the first seal names as the one before."""


class Pending(models.Model):
    """A part of a row that waits for its leaf. Database triggers insert it (parts.py)."""

    part = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("catatan yang menunggu segel")
        verbose_name_plural = _("catatan yang menunggu segel")
        indexes = [models.Index(fields=["part", "key"], name="pending_of_row")]
        constraints = [models.CheckConstraint(name="places_in_the_queue_are_positive", condition=Q(id__gt=0))]

    def __str__(self) -> str:
        return f"{self.part}: {self.key}"


class Leaf(models.Model):
    """One part of one row: the hash of its columns, and the head of the chain up to here.

    Numbers have no gaps in a year. The first leaf of a year follows the last one of the year before.
    `key` is the primary key of the row, without the hyphens of a UUID. Database triggers refuse to change or
    delete a leaf (kit/records.py).
    """

    is_append_only = True

    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"))
    part = models.PositiveSmallIntegerField(_("bagian"), help_text=_("Lihat trust/ledger/parts.py."))
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

    `root` is that of the tree over the heads since the seal before (proofs.py), `previous` the SHA-256 of
    the text of that seal, zeros before the first. Seals of a release without trees have neither. `signature`
    is a detached signature of `text` (CMS, DER in base64), `time_stamp` a token for it (RFC 3161). A seal is
    itself sealed by a leaf.
    """

    is_append_only = True
    set_once = ("signature", "time_stamp", "mailed_at")

    day = models.DateField(_("hari"), unique=True)
    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"), help_text=_("Mata rantai terakhir yang disegel."))
    head = models.CharField(_("hash rantai"), max_length=2 * HASH_BYTES)
    root = models.CharField(_("akar pohon"), max_length=2 * HASH_BYTES, blank=True)
    previous = models.CharField(_("sidik segel sebelumnya"), max_length=2 * HASH_BYTES, blank=True)
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
            models.CheckConstraint(
                name="seal_with_a_tree_names_the_one_before",
                condition=Q(root="", previous="") | ~Q(root="") & ~Q(previous=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"

    @property
    def text(self) -> str:
        """The text that is signed, time-stamped and mailed."""
        facts = f"{self.day.isoformat()}\n{self.year}/{self.number}\n{self.head}\n"
        if not self.root:
            return f"rembuk-segel/1\n{facts}"
        return f"rembuk-segel/2\n{facts}{self.root}\n{self.previous}\n"

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the text (sidik segel): whoever has it can check all that the seal says."""
        return self.sha256.hex()

    @property
    def url(self) -> str:
        return get_public_url("seal", self.year, self.number)


class WitnessedSeal(models.Model):
    """A seal of another installation, remembered as its witness (witness.py), or why it does not follow.

    `origin` is the public address of that installation, `text` the text of its seal, `signature` a detached
    signature of it with this office's key. If the seal is MISSING, the text is the remembered one.
    """

    is_append_only = True

    class Result(models.TextChoices):
        FOLLOWS = "FOLLOWS", _("menyambung segel sebelumnya")
        ACCEPTED = "ACCEPTED", _("diterima sebagai awal baru")
        MISSING = "MISSING", _("segel yang pernah diumumkan tidak ada lagi")
        CHANGED = "CHANGED", _("segel yang pernah diumumkan berubah")
        NOT_NEXT = "NOT_NEXT", _("tidak menyambung segel sebelumnya")

        @classmethod
        def good(cls) -> list[str]:
            """Return the results of seals that are remembered."""
            return [cls.FOLLOWS.value, cls.ACCEPTED.value]

    origin = models.CharField(_("alamat"), max_length=200)
    day = models.DateField(_("hari"))
    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"))
    head = models.CharField(_("hash rantai"), max_length=2 * HASH_BYTES)
    text = models.CharField(_("isi segel"), max_length=300)
    result = models.CharField(_("hasil"), max_length=10, choices=Result)
    at = models.DateTimeField(_("dibaca"), default=clock.now)
    signature = models.TextField(_("tanda tangan"), blank=True)

    class Meta:
        verbose_name = _("segel yang disaksikan")
        verbose_name_plural = _("segel yang disaksikan")
        indexes = [models.Index(fields=["origin"], name="witnessed_of_origin")]
        constraints = [
            models.CheckConstraint(
                name="witnessed_seal_has_a_known_result",
                condition=Q(result__in=["FOLLOWS", "ACCEPTED", "MISSING", "CHANGED", "NOT_NEXT"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"

    @property
    def is_good(self) -> bool:
        return self.result in self.Result.good()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the text (sidik segel), with which `contrib/verify_proof.py` proves a document."""
        return hashlib.sha256(self.text.encode()).hexdigest()


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


class SealingStart(models.Model):
    """The numbers of parts whose later leaves need a cause from here on (causes.py). `migrate` stores it.

    The first row that names a part counts: leaves before it are of a release that asked for no cause, or of
    rows that existed before the part.
    """

    is_append_only = True

    parts = models.JSONField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("awal pemeriksaan sebab")
        verbose_name_plural = _("awal pemeriksaan sebab")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.parts}"


class RecordCheck(models.Model):
    """The result of one verification of the whole record."""

    at = models.DateTimeField(default=clock.now)
    seconds = models.PositiveIntegerField()
    leaves = models.PositiveBigIntegerField()
    findings = models.PositiveIntegerField()
    first_findings = models.TextField(blank=True)
    not_compared = models.TextField(blank=True)
    """Witnesses that were asked in vain, one a line."""

    class Meta:
        verbose_name = _("pemeriksaan catatan")
        verbose_name_plural = _("pemeriksaan catatan")
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.findings}"
