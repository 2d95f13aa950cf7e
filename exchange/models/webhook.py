"""Webhooks: where steps are announced to other systems, and the outbox of the announcements."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from exchange.models.system import System
from office import clock
from office.encrypted_fields import EncryptedField

LONGEST_TRY = dt.timedelta(days=5)
"""Time after which an announcement that was never accepted fails."""


def get_last_moment() -> dt.datetime:
    """Return when an announcement that is created or replayed now fails."""
    return clock.now() + LONGEST_TRY


class Webhook(models.Model):
    """The address that gets the steps of the cases that a system sees, and the secret of the signatures."""

    is_remembered = True
    not_remembered = ("failing_since",)

    system = models.OneToOneField(
        System, models.PROTECT, verbose_name=_("sistem lain"), related_name="webhook"
    )
    url = models.URLField(_("alamat penerima"), max_length=300)
    secret = EncryptedField(editable=False)
    stopped_at = models.DateTimeField(_("dihentikan"), null=True)
    failing_since = models.DateTimeField(
        _("gagal sejak"), null=True, editable=False, help_text=_("Kosong: kejadian terakhir diterima")
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhook")
        constraints = [models.CheckConstraint(name="webhook_has_a_secret", condition=~Q(secret=""))]

    def __str__(self) -> str:
        return self.url


class WebhookEvent(models.Model):
    """A step that is announced to one webhook. `key` is the same in every attempt.

    The row is stored in the transaction of the step. The content follows from the event, which never
    changes (`exchange/services/outbox.py:get_payload`).
    """

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
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    created_at = models.DateTimeField(_("dicatat"), default=clock.now)
    due_at = models.DateTimeField(_("tidak sebelum"), default=clock.now)
    fails_at = models.DateTimeField(_("dicoba sampai"), default=get_last_moment)
    claimed_at = models.DateTimeField(_("mulai dikirim"), null=True)
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    reason = models.CharField(_("keterangan"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("kejadian webhook")
        verbose_name_plural = _("kejadian webhook")
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
