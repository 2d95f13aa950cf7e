"""Sessions with the half hours that they take, feeds of a calendar, absences and acting holders."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from kit import clock
from kit.records import constraint, get_display
from office.models import Appointment, Room, User
from office.models.people import user_field

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

    class Arrival(models.TextChoices):
        CAME = "CAME", _("Datang")
        LATE = "LATE", _("Terlambat")
        ABSENT = "ABSENT", _("Tidak hadir")

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
    confirmed_at = models.DateTimeField(_("pemohon menyatakan akan datang"), null=True)
    arrival = models.CharField(_("kedatangan"), max_length=6, choices=Arrival, blank=True)
    arrived_at = models.DateTimeField(_("tamu datang"), null=True)
    arrival_by = user_field(_("kedatangan dicatat oleh"), null=True)
    started_at = models.DateTimeField(_("mulai sebenarnya"), null=True)
    finished_at = models.DateTimeField(_("selesai sebenarnya"), null=True)
    answer = models.TextField(_("jawaban tertulis"), blank=True)
    attendees = models.TextField(_("yang hadir"), blank=True)
    overrun_reason = models.TextField(
        _("alasan lebih lama dari standar"), blank=True, help_text=_("Standar: waktu pelayanan dalam SK.")
    )
    cancelled_at = models.DateTimeField(_("dibatalkan"), null=True)
    cancel_reason = models.TextField(_("alasan pembatalan"), blank=True)

    if TYPE_CHECKING:
        slots: RelatedManager["Slot"]

    class Meta:
        verbose_name = verbose_name_plural = _("jadwal konsultasi")
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
            constraint(
                "arrival_says_who_noted_it_and_when_the_guest_came",
                Q(arrival="", arrived_at__isnull=True, arrival_by__isnull=True)
                | Q(arrival="ABSENT", arrived_at__isnull=True, arrival_by__isnull=False)
                | Q(arrival__in=["CAME", "LATE"], arrived_at__isnull=False, arrival_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["officer"],
                name="officer_in_one_session_at_a_time",
                condition=Q(started_at__isnull=False, finished_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["case"], name="one_current_session_per_case", condition=Q(cancelled_at__isnull=True)
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

    _get_FIELD_display = get_display  # noqa: N815 -- Django's name

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

    @property
    def is_awaiting(self) -> bool:
        """Whether the guest has come and the consultation has not begun."""
        return bool(self.arrived_at and not self.started_at and not self.cancelled_at)

    @property
    def minutes_late(self) -> int:
        """Minutes from the planned time until the guest came, 0 for one who came in time."""
        if not (self.arrived_at and self.starts_at):
            return 0
        return max(0, (self.arrived_at - self.starts_at) // dt.timedelta(minutes=1))

    def half_hours(self) -> list[tuple[dt.date, int]]:
        """Return the half hours that the planned time touches: the day and the number, 0-47."""
        if self.starts_at is None or self.ends_at is None:
            return []
        moments = half_hours_between(timezone.localtime(self.starts_at), self.ends_at)
        return [(moment.date(), moment.hour * 2 + moment.minute // 30) for moment in moments]


class Slot(models.Model):
    """A half hour of a person's or a room's day, reserved for one session."""

    not_recorded = True  # follows from the session

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="slots")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="slots")
    day = models.DateField()
    half_hour = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("waktu terpakai")
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


class CalendarFeed(models.Model):
    """The feed of a person or of a room (Langganan Kalender). Deleting its row revokes it.

    The hash of its token is stored, not the token. A new token replaces the old one.
    """

    not_recorded = True  # a secret address

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
    created_by = user_field(_("dibuat oleh"))
    created_at = models.DateTimeField(_("dibuat"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("langganan kalender")
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
        return self.user or self.room


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def between(self, start: dt.datetime, end: dt.datetime) -> "AbsenceQuerySet":
        """Return the absences that touch the time from `start` until `end`, without those ended before."""
        lasts = Q(ended_at=None) | Q(ended_at__gt=start) & Q(ended_at__gt=F("starts_at"))
        return self.filter(lasts, starts_at__lt=end, ends_at__gt=start)

    def now(self) -> "AbsenceQuerySet":
        """Return the absences of this moment."""
        return self.between(clock.now(), clock.now() + dt.timedelta(microseconds=1))

    def upcoming(self) -> "AbsenceQuerySet":
        """Return the absences that are not over: present and future ones."""
        lasts = Q(ended_at=None) | Q(ended_at__gt=clock.now())
        return self.filter(lasts, ends_at__gt=clock.now())

    def by_person(self) -> dict[int, list["Absence"]]:
        """Return the absences of each person, by the person's key."""
        found: dict[int, list[Absence]] = {}
        for absence in self:
            found.setdefault(absence.person_id, []).append(absence)
        return found


class Absence(models.Model):
    """A time when a person of the staff is away (Berhalangan).

    `ended_at` shortens it once. An absence that ended
    before it began never took place.
    """

    class Reason(models.TextChoices):
        LEAVE = "LEAVE", _("Cuti")
        TRAVEL = "TRAVEL", _("Dinas luar")
        SICK = "SICK", _("Sakit")
        TRAINING = "TRAINING", _("Diklat")
        OTHER = "OTHER", _("Lainnya")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("yang berhalangan"), related_name="absences"
    )
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("sampai"))
    reason = models.CharField(_("alasan"), max_length=8, choices=Reason)
    note = models.TextField(_("keterangan"), blank=True)
    entered_by = user_field(_("dicatat oleh"))
    entered_at = models.DateTimeField(_("dicatat"), default=clock.now)
    ended_at = models.DateTimeField(_("diakhiri lebih awal"), null=True)
    ended_by = user_field(_("diakhiri oleh"), null=True)

    objects = AbsenceQuerySet.as_manager()

    if TYPE_CHECKING:
        delegations: RelatedManager["Delegation"]

    class Meta:
        verbose_name = verbose_name_plural = _("berhalangan")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["ends_at"], name="absence_ends_at")]
        constraints = [
            constraint("absence_ends_after_it_starts", Q(ends_at__gt=F("starts_at"))),
            constraint(
                "absence_for_a_known_reason", Q(reason__in=["LEAVE", "TRAVEL", "SICK", "TRAINING", "OTHER"])
            ),
            constraint(
                "absence_ended_early_by_whom_and_when",
                Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__lt=F("ends_at"), ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.summary}"

    @property
    def until(self) -> dt.datetime:
        """The moment of the person's return."""
        return min(self.ends_at, self.ended_at or self.ends_at)

    @property
    def is_over(self) -> bool:
        return self.until <= clock.now()

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def was_cancelled(self) -> bool:
        return self.until <= self.starts_at

    @property
    def first_day(self) -> dt.date:
        return timezone.localdate(self.starts_at)

    @property
    def last_day(self) -> dt.date:
        """The last day (office's zone) with a part of the absence."""
        return timezone.localdate(self.ends_at - dt.timedelta(microseconds=1))

    @property
    def summary(self) -> str:
        """Reason and end for colleagues, e.g. `Cuti s.d. Kamis, 26 November`. It never contains the note."""
        return gettext("%(reason)s s.d. %(until)s") % {
            "reason": self.get_reason_display(),
            "until": _format_end(self.until),
        }

    def touches(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Return whether the person is away during a part of the time from `start` until `end`."""
        return self.starts_at < end and self.until > start and not self.was_cancelled


class Delegation(models.Model):
    """An acting holder (Plh./Plt.) for the time of an absence, named by the absent head or the Kepala Dinas.

    `source` is the appointment of the absent head. It may be an acting one, so that delegations form chains.
    `appointment` is the one of the acting holder. Its `ended_at` says if the delegation was ended early.
    """

    absence = models.ForeignKey(Absence, models.PROTECT, verbose_name=_("selama"), related_name="delegations")
    source = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name=_("menggantikan"), related_name="delegations"
    )
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, verbose_name=_("pengganti"), related_name="delegation"
    )
    by = user_field(_("ditunjuk oleh"))
    at = models.DateTimeField(_("ditunjuk"), default=clock.now)

    class Meta:
        verbose_name = _("pelaksana harian atau tugas")
        verbose_name_plural = _("pelaksana harian dan tugas")
        ordering = ["pk"]
        constraints = [constraint("nobody_stands_in_for_the_same_appointment", ~Q(source=F("appointment")))]

    def __str__(self) -> str:
        return str(self.appointment)

    @property
    def is_over(self) -> bool:
        return not self.appointment.is_current and not self.is_ahead

    @property
    def is_ahead(self) -> bool:
        return self.appointment.ended_at is None and self.appointment.starts > clock.today()


def _format_end(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    if local.time() == dt.time():
        return date_format(local.date() - dt.timedelta(days=1), "l, j F")
    return f"{date_format(local, 'l, j F')}, {date_format(local, 'TIME_FORMAT')}"


class SchedulingPace(models.Model):
    """The pace of scheduling in the last months, as computed on one day (pace.py)."""

    not_recorded = True  # computed from the cases
    is_remembered = True

    day = models.DateField(_("tanggal"), primary_key=True)
    cases = models.PositiveIntegerField(_("permohonan"))
    working_days = models.PositiveSmallIntegerField(
        _("hari kerja sampai jadwal (median)"), null=True, help_text=_("Kosong: belum ada jadwal")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("laju penjadwalan")

    def __str__(self) -> str:
        return f"{self.day}: {self.working_days}"
