"""Checks of the real time of a consultation: when it may begin, and when it can have been held."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.preconditions import earliest_start, explain_early_start
from consultations.scheduling.models import Session
from kit import clock
from kit.refusal import Refused
from office.worktime import WorkingTime

CLOSED_DAY = _(
    "Tanggal itu bukan hari kerja. Pindahkan jadwalnya ke sekarang lewat “Jadwalkan ulang”, lalu mulai."
)


def is_closed(day: dt.date) -> bool:
    """Return whether the office does not work on a day. An office that has entered no hours always works."""
    working = WorkingTime.load()
    return bool(working.hours) and not working.is_open(day)


def check_start(session: Session, moment: dt.datetime, *, field: str) -> None:
    """Raise Refused, for the form's `field`, if the session cannot begin at a moment.

    It may begin START_EARLY_MINUTES before the planned time, and on working days. On another day it may
    begin if it was planned for that day although the office is closed.
    """
    if session.starts_at is None:
        return
    if moment < (opens := earliest_start(session.starts_at)):
        raise Refused(explain_early_start(session.starts_at, opens), field=field)
    day = timezone.localdate(moment)
    planned_so = session.outside_hours and day == timezone.localdate(session.starts_at)
    if not planned_so and is_closed(day):
        raise Refused(CLOSED_DAY, field=field)


def check_held(case: Case, session: Session, start: dt.datetime, end: dt.datetime) -> None:
    """Raise Refused, for the form's field, if a session cannot have been held from `start` to `end`."""
    if start != session.started_at:
        check_start(session, start, field="started_at")
        source = case.history.filter(verb="start").latest("pk").source
        entered = case.history.filter(target=source).earliest("pk").happened_at
        if start < entered:
            raise Refused(
                _("Waktu mulai tidak boleh sebelum permohonan ini siap dilayani."), field="started_at"
            )
    if end > clock.now():
        raise Refused(_("Waktu ini belum tiba. Isi waktu yang sudah lewat."), field="finished_at")
    if end <= start:
        raise Refused(_("Waktu selesai harus sesudah waktu mulai."), field="finished_at")
    if timezone.localdate(start) != timezone.localdate(end):
        raise Refused(
            _("Isi jam selesai: konsultasi berakhir pada hari yang sama dengan mulainya."),
            field="finished_at",
        )
