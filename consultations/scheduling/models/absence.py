"""Absences of the staff (Berhalangan), and the positions that others hold in their place."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.constraints import constraint
from office.models import Appointment

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


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

    Database triggers refuse changes of the record. `ended_at` shortens it once. An absence that ended
    before it began never took place.
    """

    is_append_only = True
    set_once = ("ended_at", "ended_by")

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
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+"
    )
    entered_at = models.DateTimeField(_("dicatat"), default=clock.now)
    ended_at = models.DateTimeField(_("diakhiri lebih awal"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("diakhiri oleh"),
        null=True,
        related_name="+",
    )

    objects = AbsenceQuerySet.as_manager()

    if TYPE_CHECKING:
        delegations: RelatedManager["Delegation"]

    class Meta:
        verbose_name = _("berhalangan")
        verbose_name_plural = _("berhalangan")
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
        """Whether the absence was ended before it began."""
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

    is_append_only = True

    absence = models.ForeignKey(Absence, models.PROTECT, verbose_name=_("selama"), related_name="delegations")
    source = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name=_("menggantikan"), related_name="delegations"
    )
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, verbose_name=_("pengganti"), related_name="delegation"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ditunjuk oleh"), related_name="+"
    )
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
        """Whether the delegation has not begun."""
        return self.appointment.ended_at is None and self.appointment.starts > clock.today()


def _format_end(moment: dt.datetime) -> str:
    """Return the last day of an absence, with the time if it ends during the day."""
    local = timezone.localtime(moment)
    if local.time() == dt.time():
        return date_format(local.date() - dt.timedelta(days=1), "l, j F")
    return f"{date_format(local, 'l, j F')}, {date_format(local, 'TIME_FORMAT')}"
