"""Sessions, the half hours that they take of people and rooms, and feeds of a calendar."""

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.constraints import constraint
from office.models import Room, User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


HALF_HOUR = dt.timedelta(minutes=30)


def half_hours_between(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the start of each half hour that the time from `start` to `end` touches."""
    moment = start.replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += HALF_HOUR


class Session(models.Model):
    """One consultation with its planned time and its real time.

    An urgent walk-in and an answer in writing have no planned time.

    The session of a case that is not cancelled is the current one.
    """

    class Mode(models.TextChoices):
        OFFICE = "OFFICE", _("Tatap muka di kantor")
        ONLINE = "ONLINE", _("Daring (rapat video)")
        ELSEWHERE = "ELSEWHERE", _("Di tempat lain")
        PHONE = "PHONE", _("Telepon atau panggilan WhatsApp")
        WRITTEN = "WRITTEN", _("Tertulis")

    case = models.ForeignKey(
        "consultations.Case", models.PROTECT, verbose_name=_("permohonan"), related_name="sessions"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("petugas"), related_name="sessions"
    )
    starts_at = models.DateTimeField(_("mulai"), null=True)
    ends_at = models.DateTimeField(_("selesai"), null=True)
    mode = models.CharField(_("cara"), max_length=10, choices=Mode, default=Mode.OFFICE)
    room = models.ForeignKey(
        Room, models.PROTECT, verbose_name=_("ruang"), null=True, related_name="sessions"
    )
    place = models.CharField(_("tempat"), max_length=200, blank=True)
    link = models.URLField(_("tautan rapat"), blank=True)
    outside_hours = models.BooleanField(
        _("di luar hari kerja"), default=False, help_text=_("Dijadwalkan pada hari yang bukan hari kerja")
    )
    asked_time = models.DateTimeField(
        _("waktu lain yang diminta"), null=True, help_text=_("Belum dijawab saat konsultasi dimulai")
    )
    started_at = models.DateTimeField(_("mulai sebenarnya"), null=True)
    finished_at = models.DateTimeField(_("selesai sebenarnya"), null=True)
    answer = models.TextField(_("jawaban tertulis"), blank=True)
    attendees = models.TextField(_("yang hadir"), blank=True)
    cancelled_at = models.DateTimeField(_("dibatalkan"), null=True)
    cancel_reason = models.TextField(_("alasan pembatalan"), blank=True)

    if TYPE_CHECKING:
        slots: RelatedManager["Slot"]

    class Meta:
        verbose_name = _("jadwal konsultasi")
        verbose_name_plural = _("jadwal konsultasi")
        indexes = [
            models.Index(
                fields=["starts_at"], name="session_planned_start", condition=Q(starts_at__isnull=False)
            ),
            models.Index(
                fields=["started_at"], name="session_unplanned_start", condition=Q(starts_at__isnull=True)
            ),
        ]
        constraints = [
            constraint(
                "planned_session_ends_after_it_starts",
                Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            constraint("room_only_at_the_office", Q(room__isnull=True) | Q(mode="OFFICE")),
            constraint(
                "session_finishes_after_it_started",
                Q(finished_at__isnull=True) | Q(finished_at__gt=F("started_at")),
            ),
            constraint(
                "written_answer_without_schedule",
                Q(mode="WRITTEN", starts_at__isnull=True, finished_at__isnull=False) & ~Q(answer="")
                | ~Q(mode="WRITTEN") & Q(answer=""),
            ),
            constraint(
                "cancelled_session_says_why",
                Q(cancelled_at__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
            ),
            models.UniqueConstraint(
                fields=["officer"],
                name="officer_in_one_session_at_a_time",
                condition=Q(started_at__isnull=False, finished_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["case"],
                name="one_current_session_per_case",
                condition=Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.starts_at or self.started_at}"

    @property
    def minutes(self) -> int | None:
        """Real minutes of service, rounded up, or None before the end and for an answer without minutes."""
        if not (self.started_at and self.finished_at):
            return None
        return -int(-(self.finished_at - self.started_at).total_seconds() // 60)

    # Django's version hashes all translated labels at each call.
    def get_mode_display(self) -> str:  # type: ignore[no-redef]
        return str(self.Mode(self.mode).label)

    @property
    def is_written(self) -> bool:
        return self.mode == self.Mode.WRITTEN

    @property
    def attendee_lines(self) -> list[str]:
        """The attendees as people read them: `Siti Contoh; ; Desa Contoh` is `Siti Contoh, Desa Contoh`."""
        rows = ([part.strip() for part in line.split(";")] for line in self.attendees.splitlines())
        return [", ".join(filter(None, row)) for row in rows if any(row)]

    @property
    def is_call(self) -> bool:
        """Whether the officer calls the applicant's number."""
        return self.mode == self.Mode.PHONE

    @property
    def is_at_office(self) -> bool:
        return self.mode == self.Mode.OFFICE

    def half_hours(self) -> list[tuple[dt.date, int]]:
        """Return the half hours that the planned time touches: the day and the number, 0-47."""
        if self.starts_at is None or self.ends_at is None:
            return []
        moments = half_hours_between(timezone.localtime(self.starts_at), self.ends_at)
        return [(moment.date(), moment.hour * 2 + moment.minute // 30) for moment in moments]


class Slot(models.Model):
    """A half hour of a person's or a room's day, reserved for one session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="slots")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="slots")
    day = models.DateField()
    half_hour = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("waktu terpakai")
        verbose_name_plural = _("waktu terpakai")
        constraints = [
            models.UniqueConstraint(fields=["user", "day", "half_hour"], name="one_session_per_half_hour"),
            models.UniqueConstraint(
                fields=["room", "day", "half_hour"], name="one_session_per_room_and_half_hour"
            ),
            constraint(
                "slot_of_a_person_or_a_room",
                Q(user__isnull=False, room__isnull=True) | Q(user__isnull=True, room__isnull=False),
            ),
            constraint("half_hour_of_a_day", Q(half_hour__lt=48)),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.day} {self.half_hour}"

    @property
    def holder(self) -> User | Room | None:
        """The person or the room whose time is reserved."""
        return self.user or self.room


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
            constraint(
                "feed_of_a_person_or_a_room",
                Q(user__isnull=False, room__isnull=True) | Q(user__isnull=True, room__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.holder)

    @property
    def holder(self) -> User | Room | None:
        """The person or the room."""
        return self.user or self.room
