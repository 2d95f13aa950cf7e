"""Collisions: sessions that are planned while the office is closed or one of their people is away."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext

from consultations.scheduling.models import Absence, Session, Slot
from kit import clock
from kit.pagination import only
from office.worktime import WorkingTime

SHOWN = (
    "starts_at",
    "ends_at",
    "mode",
    "outside_hours",
    "case__code",
    "case__division",
    "case__complained_about",
    "case__is_independent",
    "officer__name",
    "officer__email",
)
MAX_NAMED = 20
"""Collisions that are listed for the administrator."""


def explain_closed(session: Session, working: WorkingTime) -> str:
    """Return why the office is closed at the planned time of a session, or an empty string.

    A holiday closes it for every session. Opening hours matter for meetings at the office only. An officer
    may plan an online meeting in the evening, and knowingly any session on a closed day (`outside_hours`).
    """
    if session.starts_at is None or session.ends_at is None or session.outside_hours:
        return ""
    holiday = working.get_holiday(timezone.localdate(session.starts_at))
    if holiday is not None:
        return holiday
    is_outside = working.hours and not working.includes(session.starts_at, session.ends_at)
    return gettext("di luar jam layanan") if is_outside and session.is_at_office else ""


def explain_absent(session: Session, absences: Mapping[int, Sequence[Absence]]) -> str:
    """Return reason and end of the officer's absence at the planned time, or an empty string.

    `absences` are those of each person, by key.
    """
    if session.starts_at is None or session.ends_at is None:
        return ""
    away = absences.get(session.officer_id, ())
    return next((one.summary for one in away if one.touches(session.starts_at, session.ends_at)), "")


def list_collisions() -> list[Session]:
    """Return the planned sessions for which the office is closed, the soonest first."""
    working = WorkingTime.load()
    return [session for session in _list_planned() if explain_closed(session, working)]


def list_sessions_without_officer() -> list[Session]:
    """Return the planned sessions whose officer is away, the soonest first."""
    absences = Absence.objects.upcoming().by_person()
    return [session for session in _list_planned() if explain_absent(session, absences)] if absences else []


def list_sessions_during(absence: Absence) -> list[Session]:
    """Return the planned sessions of a person during an absence, as officer or companion."""
    days = (absence.first_day, absence.last_day)
    slots = Slot.objects.filter(user=absence.person_id, day__range=days)
    planned = Session.objects.filter(pk__in=slots.values("session"), started_at=None, cancelled_at=None)
    found = planned.filter(ends_at__gt=clock.now()).select_related("officer", "room")
    return [
        session
        for session in found.order_by("starts_at", "pk")
        if session.starts_at and session.ends_at and absence.touches(session.starts_at, session.ends_at)
    ]


def _list_planned() -> Iterable[Session]:
    planned = Session.objects.filter(starts_at__gt=clock.now(), started_at=None, cancelled_at=None)
    return only(planned, SHOWN).order_by("starts_at", "pk")


def describe_collisions() -> str:
    """Return a sentence with codes and times of all collisions, or an empty string if there are none.

    It names no applicant and no matter: administrators see no cases.
    """
    found = list_collisions()
    if not found:
        return ""
    named = [
        f"{session.case.code} ({clock.format_moment(session.starts_at)})"
        for session in found[:MAX_NAMED]
        if session.starts_at
    ]
    if (more := len(found) - len(named)) > 0:
        named.append(gettext("dan %(more)s lainnya") % {"more": more})
    sentence = gettext(
        "%(count)s konsultasi terjadwal pada waktu kantor tutup: %(sessions)s. Petugasnya diberi tahu untuk "
        "menjadwalkan ulang."
    )
    return sentence % {"count": len(found), "sessions": "; ".join(named)}
