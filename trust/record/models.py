"""The chain of entries, its head of each night, and the results of its verification."""

import datetime as dt
import hashlib
import json

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.urls import get_public_url

START = "0" * 64
"""What stands before the first entry, and before the first head."""


def to_hash(*values: object) -> str:
    """Return the SHA-256 of the JSON array of the values, in hexadecimal digits."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


class Entry(models.Model):
    """What an act has left: the digest of its subject as it stood afterwards.

    `kind` and `key` name the subject (trust/record/subjects.py). `groups` has the first digits of the digest
    of each of its tables. `salt` makes it impossible to guess an erased text from a digest; an erasure
    empties the salts of its subject. A job gives the entry its place in the chain: `number` and `hash`.
    """

    not_recorded = is_append_only = True
    set_once = ("number", "hash")
    erasable = ("salt", "groups")

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    groups = models.TextField()
    salt = models.CharField(max_length=32)
    at = models.DateTimeField(default=clock.now)
    number = models.PositiveBigIntegerField(null=True, unique=True)
    hash = models.CharField(max_length=64, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("rantai catatan")
        indexes = [
            models.Index(fields=["kind", "key", "-id"], name="entry_of_subject"),
            models.Index(fields=["id"], name="entry_unchained", condition=Q(number=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="entry_in_the_chain_has_a_hash",
                condition=Q(number=None, hash=None) | Q(number__gte=1, hash__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} {self.key}"

    @property
    def link_facts(self) -> list[object]:
        """What the chain says of this entry: number, kind, key, digest, and the time in UTC."""
        at = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return [self.number, self.kind, self.key, self.digest, at]

    def link(self, previous: str) -> str:
        """Return the hash of this entry after another one."""
        return to_hash(previous, *self.link_facts)


class Head(models.Model):
    """The head of the chain in one night (segel), which leaves the house.

    `previous` is the SHA-256 of the text of the head before. `signature` is that of `text` with the office's
    key, `certificate` its certificate (PEM); both are empty without a key.
    """

    not_recorded = True  # each names the one before

    day = models.DateField(_("hari"), unique=True)
    number = models.PositiveBigIntegerField(_("nomor"), help_text=_("Catatan terakhir di dalamnya."))
    hash = models.CharField(_("ujung rantai"), max_length=64)
    previous = models.CharField(_("sidik segel sebelumnya"), max_length=64)
    at = models.DateTimeField(_("dibuat"), default=clock.now)
    signature = models.TextField(_("tanda tangan"), blank=True)
    certificate = models.TextField(_("sertifikat"), blank=True)
    mailed_at = models.DateTimeField(_("dikirim"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("segel catatan")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}: {self.number}"

    @property
    def text(self) -> str:
        """The text that is signed and mailed."""
        return f"rembuk-segel/3\n{self.day.isoformat()}\n{self.number}\n{self.hash}\n{self.previous}\n"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the text (sidik segel)."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def url(self) -> str:
        return get_public_url("head", self.day)

    def to_json(self) -> dict[str, object]:
        facts = {"day": self.day.isoformat(), "number": self.number, "hash": self.hash}
        certified = {"signature": self.signature, "certificate": self.certificate}
        return {**facts, "previous": self.previous, "text": self.text, **certified}


class RecordCheck(models.Model):
    """The result of one verification of the whole record."""

    not_recorded = True

    at = models.DateTimeField(default=clock.now)
    seconds = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    findings = models.PositiveIntegerField()
    first_findings = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("pemeriksaan catatan")
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.findings}"
