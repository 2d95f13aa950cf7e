"""Steps 6 and 7: schedule a consultation, move it, hold it, or record that the applicant did not come.

A case has at most one session that is not cancelled. Services read it anew, so that a refused step changes
nothing that the page has loaded.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import earliest
from consultations.models import Case
from consultations.parties import Actor
from consultations.workflow import Refused, check, transition
from office import clock
from office.models import User
from scheduling.availability import reserve_time
from scheduling.models import Session
from scheduling.reservations import cancel, reserve


def schedule(
    case: Case,
    *,
    by: User,
    starts_at: dt.datetime,
    minutes: int = 30,
    mode: str = Session.Mode.OFFICE,
    place: str = "",
    link: str = "",
    note: str = "",
) -> None:
    """Step 6: set time and place, and reserve the half hours of the officer and the companions.

    Raise Refused if the time has passed or if one of them has another session then.
    """
    with transition("schedule", case, by=by, note=note) as taken:
        _create_session(case, starts_at=starts_at, minutes=minutes, mode=mode, place=place, link=link)
        taken.change(due_at=earliest(starts_at, case.answer_due))


def reschedule(
    case: Case,
    *,
    by: User,
    reason: str,
    starts_at: dt.datetime,
    minutes: int = 30,
    mode: str = Session.Mode.OFFICE,
    place: str = "",
    link: str = "",
) -> None:
    """Step 6: move the consultation to another time. The old session stays on record as cancelled.

    Raise Refused as `schedule()` does.
    """
    with transition("reschedule", case, by=by, note=reason) as taken:
        cancel(_get_session(case), reason)
        _create_session(case, starts_at=starts_at, minutes=minutes, mode=mode, place=place, link=link)
        taken.change(due_at=earliest(starts_at, case.answer_due), other_time=None)


def ask_time(case: Case, *, by: Actor, starts_at: dt.datetime, reason: str) -> None:
    """Step 6: store the applicant's request for another time. The schedule stays valid until the answer.

    Raise Refused if the scheduled time has come or if the requested time is full.
    """
    with transition("ask_time", case, by=by, note=reason) as taken:
        planned = _get_session(case).starts_at
        if planned is None or planned <= clock.now():
            raise Refused(_("Waktu konsultasi sudah tiba. Hubungi petugas lewat nomor kantor."))
        if starts_at == planned:
            raise Refused(_("Ini waktu jadwal Anda sekarang. Pilih waktu lain."), field="starts_at")
        reserve_time(starts_at, case, field="starts_at")
        taken.change(other_time=starts_at)


def keep_time(case: Case, *, by: User, reason: str) -> None:
    """Step 6: keep the schedule although the applicant asked for another time."""
    with transition("keep_time", case, by=by, note=reason) as taken:
        taken.change(other_time=None)


def start(case: Case, *, by: User, at: dt.datetime | None = None) -> None:
    """Step 7 (8 for an urgent walk-in): begin the consultation. The minutes of service run from now.

    Raise Refused if the officer is still in another session: the database allows one at a time.
    """
    with transition("start", case, by=by, at=at) as taken:
        session = _find_session(case) or Session(case=case, officer=_get_officer(case))
        session.started_at = at or clock.now()
        try:
            with transaction.atomic():
                session.save()
        except IntegrityError as error:
            raise Refused(
                _("%(name)s masih dalam konsultasi lain. Selesaikan dahulu konsultasi itu.")
                % {"name": session.officer}
            ) from error
        taken.change(other_time=None)


def finish(case: Case, *, by: User, attendees: str, minutes: int | None = None, note: str = "") -> None:
    """Step 7: end the consultation. `minutes` of service are given if the end is entered afterwards."""
    checked = check("finish", case, by=by)
    session = _get_session(case)
    started = session.started_at or clock.now()
    at = started + dt.timedelta(minutes=minutes) if minutes else None
    with transition("finish", case, by=by, at=at, note=note, checked=checked):
        session.finished_at = at or clock.now()
        session.attendees = attendees
        session.save(update_fields=["finished_at", "attendees"])


def no_show(case: Case, *, by: User, note: str = "") -> None:
    """Step 7: record that the applicant did not come. The case waits for a new time."""
    with transition("no_show", case, by=by, note=note) as taken:
        with translation.override("id"):  # the reason goes on record
            cancel(_get_session(case), str(_("Pemohon tidak hadir")))
        taken.change(other_time=None)


def cancel_session(case: Case, *, reason: str) -> None:
    """Within a transition: cancel the current session of a case, if there is one."""
    if session := _find_session(case):
        cancel(session, reason)


def reassign_session(case: Case, *, officer: User, companions: Iterable[User]) -> None:
    """Within a transition: move the current session of a case, if there is one, to other people's calendars.

    Raise Refused if one of them has another session then.
    """
    if session := _find_session(case):
        session.officer = officer
        session.save(update_fields=["officer"])
        reserve(session, [officer, *companions])


def _create_session(
    case: Case, *, starts_at: dt.datetime, minutes: int, mode: str, place: str, link: str
) -> None:
    if starts_at <= clock.now():
        raise Refused(_("Waktu konsultasi sudah lewat. Pilih waktu yang akan datang."))
    session = case.sessions.create(
        officer=_get_officer(case),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        mode=mode,
        place=place,
        link=link,
    )
    reserve(session, [session.officer, *case.companions.all()])


def _find_session(case: Case) -> Session | None:
    return Session.objects.filter(case=case, cancelled_at=None).first()


def _get_session(case: Case) -> Session:
    session = _find_session(case)
    if session is None:
        raise Refused(_("Permohonan ini belum memiliki jadwal."))
    return session


def _get_officer(case: Case) -> User:
    if case.officer is None:
        raise Refused(_("Permohonan ini belum memiliki petugas."))
    return case.officer
