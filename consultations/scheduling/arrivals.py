"""Step 7, before it begins: the applicant says that they will come, the front desk notes if they came.

Both are facts of the session and move no case: an answer or an arrival that is missing cancels nothing. The
audit log has each of them, so that a corrected one is not lost.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case
from consultations.scheduling.models import Session
from kit import clock
from kit.records import leave_entry
from kit.refusal import Refused
from office import rights
from office.models import User
from office.worktime import WorkingTime

PENDING = {"cancelled_at": None, "started_at": None}
"""Columns of a session that has not begun and is not cancelled."""


def get_closing(day: dt.date) -> dt.datetime:
    """Return when the office closes on a day, or the end of a day on which it does not open."""
    spans = list(WorkingTime.load().spans(day))
    return spans[-1][1] if spans else clock.midnight(day + dt.timedelta(days=1))


def note_arrival(session: Session, *, by: User, arrival: str) -> None:
    """Note if the guest of a session came, or that it is not known yet if `arrival` is empty.

    A guest who came in time has waited since the planned time at the latest, even if it is noted later. It
    can be changed until the office closes. Raise PermissionDenied if `by` receives no guests. Raise Refused
    on another day, after closing, if the session is not at the office or has begun, and for a guest who is
    late or absent before the planned time.
    """
    rights.RECEIVE_GUESTS.check(by)
    now, planned, today = clock.now(), session.starts_at, clock.today()
    if session.mode != Session.Mode.OFFICE:
        raise Refused(_("Kedatangan hanya dicatat untuk janji temu di kantor."))
    if planned is None or timezone.localdate(planned) != today:
        raise Refused(_("Kedatangan dicatat pada hari janjinya."))
    if now > max(get_closing(today), session.ends_at or planned):
        raise Refused(_("Kantor sudah tutup. Kedatangan hari ini tidak dapat diubah lagi."))
    if arrival == Session.Arrival.LATE and now <= planned:
        raise Refused(_("Waktu janjinya belum lewat. Pilih “Datang”."))
    if arrival == Session.Arrival.ABSENT and now < planned:
        raise Refused(_("Waktu janjinya belum lewat. Tamu ini masih dapat datang."))
    came = {Session.Arrival.CAME: min(now, planned), Session.Arrival.LATE: now}.get(arrival)  # type: ignore[call-overload]
    noted = {"arrival": arrival, "arrived_at": came, "arrival_by": by if arrival else None}
    with transaction.atomic(), translation.override("id"):  # the label goes on record
        if not Session.objects.filter(pk=session.pk, **PENDING).update(**noted):
            raise Refused(_("Konsultasi ini sudah dimulai atau dibatalkan."))
        label = Session.Arrival(arrival).label if arrival else "belum datang"
        record(Act.ARRIVAL, by=by, case=session.case, target=str(label))
        leave_entry(session)


def can_confirm(case: Case, session: Session) -> bool:
    """Return if the applicant may say to come: the time is ahead, and no other time is asked for."""
    is_ahead = session.starts_at is not None and session.starts_at > clock.now()
    return is_ahead and not session.started_at and not session.confirmed_at and not case.other_time


def confirm(case: Case) -> None:
    """Store that the applicant will come to the planned session. A second answer changes nothing.

    Raise Refused if there is no session ahead, or if the applicant has asked for another time.
    """
    with transaction.atomic():
        session = Session.objects.filter(case=case, **PENDING).select_for_update().first()
        if session and session.confirmed_at:
            return
        if session is None or not can_confirm(case, session):
            raise Refused(_("Tidak ada jadwal yang menunggu jawaban Anda."))
        session.confirmed_at = clock.now()
        session.save(update_fields=["confirmed_at"])
        record(Act.ARRIVAL, by=None, case=case, target="pemohon akan datang")
        leave_entry(case)
