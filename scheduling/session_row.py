"""A session of the calendar as values: equal rows are rendered once (tag `part`)."""

import datetime as dt
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from office import clock
from scheduling.models import Session


class Kind(TextChoices):
    """Look of a session in the calendar."""

    PLANNED = "planned", gettext_lazy("dijadwalkan")
    ASKED = "asked", gettext_lazy("minta waktu lain")
    WALK_IN = "walkin", gettext_lazy("datang langsung")
    LIVE = "live", gettext_lazy("berlangsung")
    DONE = "done", pgettext_lazy("konsultasi", "selesai")


COLUMNS = (
    "starts_at",
    "ends_at",
    "started_at",
    "finished_at",
    "mode",
    "place",
    "officer",
    "officer__name",
    "officer__username",
    "case__code",
    "case__subject",
    "case__applicant_name",
    "case__other_time",
)
"""Columns of a session in the order of `SessionRow`."""


class SessionRow(NamedTuple):
    """What the calendar shows of a session. `officer` is a key."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    mode: str
    place: str
    officer: int
    name: str
    username: str
    code: str
    subject: str
    applicant_name: str
    other_time: dt.datetime | None

    def get_officer_display(self) -> str:
        return self.name or self.username

    def get_mode_display(self) -> str:
        return str(Session.Mode(self.mode).label)

    @property
    def kind(self) -> Kind:
        if self.finished_at:
            return Kind.DONE
        if self.starts_at is None:
            return Kind.WALK_IN
        if self.started_at:
            return Kind.LIVE
        return Kind.ASKED if self.other_time else Kind.PLANNED

    def get_time(self) -> tuple[dt.datetime, dt.datetime]:
        """Return the planned time of a session, or the real time of a walk-in."""
        start = self.starts_at or self.started_at or clock.now()
        end = self.ends_at or self.finished_at or start + dt.timedelta(minutes=30)
        return timezone.localtime(start), timezone.localtime(end)
