"""Messages: the outbox of e-mail and WhatsApp, and the result of each delivery."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .notice import Notice


class Message(models.Model):
    """Delivery of a notice on one channel (Pesan). Text and address are looked up when it is sent.

    A message that staff send themselves has `by_hand`.
    """

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", _("Surel")
        WHATSAPP = "WHATSAPP", _("WhatsApp")

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Menunggu dikirim")
        SENDING = "SENDING", _("Sedang dikirim")
        SENT = "SENT", _("Terkirim")
        DELIVERED = "DELIVERED", _("Sampai")
        READ = "READ", _("Dibaca")
        FAILED = "FAILED", _("Gagal terkirim")
        CANCELLED = "CANCELLED", _("Tidak dikirim")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(
        Notice, models.PROTECT, verbose_name=_("pemberitahuan"), related_name="messages"
    )
    channel = models.CharField(_("cara"), max_length=8, choices=Channel)
    round = models.PositiveSmallIntegerField(
        _("ke"), default=1, help_text=_("1: pemberitahuan itu sendiri; lebih dari 1: pengingat")
    )
    by_hand = models.BooleanField(_("dikirim petugas"), default=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    due_at = models.DateTimeField(_("tidak sebelum"))
    claimed_at = models.DateTimeField(_("mulai dikirim"), null=True)
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ditangani oleh"),
        null=True,
        related_name="+",
        help_text=_("Yang mengirim, atau memutuskan kelanjutannya"),
    )
    reason = models.CharField(_("keterangan"), max_length=300, blank=True)
    external_id = models.CharField(_("nomor WhatsApp"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("pesan")
        verbose_name_plural = _("pesan")
        indexes = [
            # SQLite uses a partial index only if the query repeats its condition, so each has one status.
            models.Index(
                fields=["status", "due_at"],
                name="message_to_send",
                condition=Q(status="WAITING", by_hand=False),
            ),
            models.Index(
                fields=["status"], name="message_to_send_by_hand", condition=Q(status="WAITING", by_hand=True)
            ),
            models.Index(fields=["status"], name="message_failed", condition=Q(status="FAILED")),
            models.Index(
                fields=["claimed_at"], name="message_claimed", condition=Q(claimed_at__isnull=False)
            ),
            models.Index(fields=["external_id"], name="message_external_id", condition=~Q(external_id="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_by_a_known_channel",
                condition=Q(channel="WHATSAPP") | Q(channel="EMAIL", by_hand=False),
            ),
            models.CheckConstraint(
                name="message_of_a_known_status",
                condition=Q(
                    status__in=["WAITING", "SENDING", "SENT", "DELIVERED", "READ", "FAILED", "CANCELLED"]
                ),
            ),
            models.CheckConstraint(name="message_rounds_count_from_one", condition=Q(round__gte=1)),
            models.CheckConstraint(
                name="message_being_sent_is_claimed",
                condition=Q(status="SENDING", claimed_at__isnull=False)
                | ~Q(status="SENDING") & Q(claimed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="sent_message_says_when",
                condition=Q(status__in=["SENT", "DELIVERED", "READ"], sent_at__isnull=False)
                | ~Q(status__in=["SENT", "DELIVERED", "READ"]) & Q(sent_at__isnull=True),
            ),
            models.CheckConstraint(
                name="unsent_message_says_why",
                condition=~Q(status__in=["FAILED", "CANCELLED"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="message_sent_by_hand_says_by_whom",
                condition=~Q(by_hand=True, status__in=["SENT", "DELIVERED", "READ"])
                | Q(handled_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "round"], name="one_message_per_notice_channel_and_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.channel} {self.round}"

    # Django's versions hash all translated labels at each call. The page of a case shows some 30 messages.
    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        return str(self.Channel(self.channel).label)

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        if settings.PRACTICE and self.status == self.Status.WAITING:
            return str(_("akan terkirim (latihan: tidak dikirim)"))
        return str(self.Status(self.status).label)

    @property
    def is_reminder(self) -> bool:
        return self.round > 1


SEND_BY_HAND = Q(status=Message.Status.WAITING, by_hand=True)
NEEDS_STAFF = SEND_BY_HAND | Q(status=Message.Status.FAILED)
