"""Steps 6 and 7: the consultation is scheduled, moved, held, or the applicant does not come."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import earliest
from consultations.models import Case
from consultations.parties import Actor
from consultations.workflow import Refused, check, transition
from office import clock
from office.models import User
from scheduling.availability import take_place
from scheduling.models import Session


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
    """Step 6: set time and place; takes the half hours of the officer and the companions.

    Raises Refused where the time has passed or one of them has another session then.
    """
    with transition("schedule", case, by=by, note=note) as taken:
        session = _plan(case, starts_at=starts_at, minutes=minutes, mode=mode, place=place, link=link)
        taken.change(session=session, due_at=earliest(session.starts_at, case.answer_due))


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
    """Step 6: move the consultation to another time; the old session stays on record as cancelled."""
    with transition("reschedule", case, by=by, note=reason) as taken:
        _current(case).cancel(reason)
        session = _plan(case, starts_at=starts_at, minutes=minutes, mode=mode, place=place, link=link)
        taken.change(session=session, due_at=earliest(session.starts_at, case.answer_due), other_time=None)


def ask_time(case: Case, *, by: Actor, starts_at: dt.datetime, reason: str) -> None:
    """Step 6: the applicant asks for another time than the scheduled one; the schedule stands until then.

    Raises Refused once the scheduled time has come, and where the other one is full by now.
    """
    with transition("ask_time", case, by=by, note=reason) as taken:
        planned = _current(case).starts_at
        if planned is None or planned <= clock.now():
            raise Refused(_("Waktu konsultasi sudah tiba. Hubungi petugas lewat nomor kantor."))
        if starts_at <= clock.now():
            raise Refused(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
        if starts_at == planned:
            raise Refused(_("Ini waktu jadwal Anda sekarang. Pilih waktu lain."), field="starts_at")
        take_place(starts_at, case, field="starts_at")
        taken.change(other_time=starts_at)


def keep_time(case: Case, *, by: User, reason: str) -> None:
    """Step 6: the officer keeps the schedule although the applicant asked for another time, and says why."""
    with transition("keep_time", case, by=by, note=reason) as taken:
        taken.change(other_time=None)


def _plan(case: Case, *, starts_at: dt.datetime, minutes: int, mode: str, place: str, link: str) -> Session:
    if starts_at <= clock.now():
        raise Refused(_("Waktu konsultasi sudah lewat. Pilih waktu yang akan datang."))
    session = Session.objects.create(
        case=case,
        officer=_officer(case),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        mode=mode,
        place=place,
        link=link,
    )
    session.book([_officer(case), *case.companions.all()])
    return session


def _current(case: Case) -> Session:
    if case.session is None:
        raise Refused(_("Permohonan ini belum memiliki jadwal."))
    return case.session


def _officer(case: Case) -> User:
    if case.officer is None:
        raise Refused(_("Permohonan ini belum memiliki petugas."))
    return case.officer


def start(case: Case, *, by: User, at: dt.datetime | None = None) -> None:
    """Step 7 (8 for an urgent walk-in): the consultation begins; its minutes of service run from now.

    Raises Refused while the officer is still in another session: the database allows one at a time.
    """
    with transition("start", case, by=by, at=at) as taken:
        session = case.session or Session(case=case, officer=_officer(case))
        session.started_at = at or clock.now()
        try:
            with transaction.atomic():
                session.save()
        except IntegrityError as error:
            raise Refused(
                _("%(name)s masih dalam konsultasi lain. Selesaikan dahulu konsultasi itu.")
                % {"name": session.officer}
            ) from error
        taken.change(session=session)
        taken.change(other_time=None)


def finish(case: Case, *, by: User, attendees: str, minutes: int | None = None, note: str = "") -> None:
    """Step 7: the consultation ends. `minutes` of service are given where it is entered afterwards."""
    checked = check("finish", case, by=by)
    session = _current(case)
    started = session.started_at or clock.now()
    at = started + dt.timedelta(minutes=minutes) if minutes else None
    with transition("finish", case, by=by, at=at, note=note, checked=checked):
        session.finished_at = at or clock.now()
        session.attendees = attendees
        session.save(update_fields=["finished_at", "attendees"])


def no_show(case: Case, *, by: User, note: str = "") -> None:
    """Step 7: the applicant did not come; the case waits for a new time."""
    with transition("no_show", case, by=by, note=note) as taken:
        with translation.override("id"):  # the reason goes on record
            _current(case).cancel(str(_("Pemohon tidak hadir")))
        taken.change(session=None)
        taken.change(other_time=None)
