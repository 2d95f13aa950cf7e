"""Collisions: sessions that are planned while the office is closed, e.g. on a new holiday."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from consultations.pagination import only
from office import clock
from office.worktime import WorkingTime
from scheduling.models import Session

SHOWN = ("starts_at", "ends_at", "mode", "outside_hours", "case__code", "officer__name", "officer__email")
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


def list_collisions() -> list[Session]:
    """Return the planned sessions for which the office is closed, the soonest first."""
    planned = Session.objects.filter(starts_at__gt=clock.now(), started_at=None, cancelled_at=None)
    shown, working = only(planned, SHOWN).order_by("starts_at", "pk"), WorkingTime.load()
    return [session for session in shown if explain_closed(session, working)]


def describe_collisions() -> str:
    """Return a sentence with codes and times of all collisions, or an empty string if there are none.

    It names no applicant and no matter: administrators see no cases.
    """
    found = list_collisions()
    if not found:
        return ""
    named = [f"{session.case.code} ({_format_start(session)})" for session in found[:MAX_NAMED]]
    if (more := len(found) - len(named)) > 0:
        named.append(gettext("dan %(more)s lainnya") % {"more": more})
    sentence = gettext(
        "%(count)s konsultasi terjadwal pada waktu kantor tutup: %(sessions)s. Petugasnya diberi tahu untuk "
        "menjadwalkan ulang."
    )
    return sentence % {"count": len(found), "sessions": "; ".join(named)}


def _format_start(session: Session) -> str:
    start = timezone.localtime(session.starts_at)
    return f"{date_format(start, 'l, j F Y')} {date_format(start, 'TIME_FORMAT')} WIB"
