"""Secret addresses under which a calendar program reads sessions (iCalendar feeds)."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import clock
from office.models import Room, User


def new_token() -> str:
    """Return the secret of an address: 192 random bits."""
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """The feed of a person or of a room (Langganan Kalender). Deleting its row revokes it.

    The hash of its token is stored, not the token. A new token replaces the old one.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("pegawai"),
        null=True,
        related_name="calendar_feed",
    )
    room = models.OneToOneField(
        Room, models.CASCADE, verbose_name=_("ruang"), null=True, related_name="calendar_feed"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dibuat oleh"), related_name="+"
    )
    created_at = models.DateTimeField(_("dibuat"), default=clock.now)

    class Meta:
        verbose_name = _("langganan kalender")
        verbose_name_plural = _("langganan kalender")
        constraints = [
            models.CheckConstraint(
                name="feed_of_a_person_or_a_room",
                condition=Q(user__isnull=False, room__isnull=True) | Q(user__isnull=True, room__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.holder)

    @property
    def holder(self) -> User | Room | None:
        """The person or the room."""
        return self.user or self.room
