"""Steps 6 and 7: schedule a consultation, move it, hold it, or record that the applicant did not come.

A case has at most one session that is not cancelled. Services read it anew, so that a refused step changes
nothing that the page has loaded.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import earliest
from consultations.enums import Identity
from consultations.models import Case
from consultations.parties import Actor
from consultations.scheduling.availability import reserve_time
from consultations.scheduling.models import Session
from consultations.scheduling.reservations import (
    cancel,
    check_held,
    check_start,
    is_closed,
    lock_calendars,
    release,
    reserve,
)
from consultations.workflow import check, transition
from kit import clock
from kit.refusal import Refused
from office.lists import list_active_rooms
from office.models import Room, User


def schedule(case: Case, *, by: User, starts_at: dt.datetime, note: str = "", **plan: Any) -> None:
    """Step 6: set time and place, and reserve the half hours of the officer, the companions and the room.

    `plan` are `minutes`, `mode`, `room`, `place` and `link` of the session, if they differ from the defaults
    of `_create_session()`. A session at the office needs a room if the office has entered any. Raise Refused
    if it has none, if the time has passed, or if one of the people or the room has another session then.
    """
    with transition("schedule", case, by=by, note=note) as taken:
        _refuse_past(starts_at)
        lock_calendars(None, people=_list_people(case), room=plan.get("room"))
        taken.record = _create_session(case, starts_at, **plan)
        taken.change(planned_at=starts_at, due_at=earliest(starts_at, case.answer_due))


def reschedule(case: Case, *, by: User, reason: str, starts_at: dt.datetime | None, **plan: Any) -> None:
    """Step 6: move the consultation to another time, or to now if `starts_at` is None.

    The old session stays on record as cancelled. Raise Refused as `schedule()` does. Now may be outside of
    the working hours.
    """
    with transition("reschedule", case, by=by, note=reason) as taken:
        planned = _get_session(case)
        # Lock the old and the new room together: two sessions may change rooms at the same time.
        lock_calendars(planned, people=_list_people(case), room=plan.get("room"))
        cancel(planned, reason)
        if starts_at is None:
            starts_at = clock.now().replace(second=0, microsecond=0)
        else:
            _refuse_past(starts_at)
        taken.record = _create_session(case, starts_at, **plan)
        taken.change(planned_at=starts_at, due_at=earliest(starts_at, case.answer_due), other_time=None)


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

    Raise Refused if it is too early, if the office is closed that day, or if the officer is still in another
    session. The database allows one at a time.
    """
    with transition("start", case, by=by, at=at) as taken:
        session = _find_session(case) or Session(case=case, officer=_get_officer(case))
        session.started_at, session.asked_time = at or clock.now(), case.other_time
        check_start(session, session.started_at, field="at")
        _save_running(session, _get_officer(case))
        taken.change(other_time=None)


def undo_start(case: Case, *, by: User, note: str = "") -> None:
    """Step 7: take back a start that was a mistake. The schedule and an unanswered request are valid again.

    An urgent walk-in has no schedule to return to. Its real time can be corrected when it is finished.
    """
    with transition("undo_start", case, by=by, note=note) as taken:
        session = _get_session(case)
        taken.change(due_at=earliest(session.starts_at, case.answer_due), other_time=session.asked_time)
        session.started_at = session.asked_time = None
        session.save(update_fields=["started_at", "asked_time"])
        case.step_drafts.filter(verb="finish").delete()  # it has the time of the mistaken start


def finish(
    case: Case,
    *,
    by: User,
    attendees: str,
    started_at: dt.datetime | None = None,
    finished_at: dt.datetime | None = None,
    note: str = "",
) -> None:
    """Step 7: end the consultation, with its real time: from the recorded start until now by default.

    Release the time of its people and its room. Raise Refused if it cannot have been held then. The moment of
    the step `start` in the history does not change.
    """
    checked = check("finish", case, by=by)
    session, end = _get_session(case), finished_at or clock.now()
    start = started_at or session.started_at or end
    check_held(case, session, start, end)
    with transition("finish", case, by=by, at=max(end, case.since), note=note, checked=checked):
        session.started_at, session.finished_at, session.attendees = start, end, attendees
        session.save(update_fields=["started_at", "finished_at", "attendees"])
        lock_calendars(session)
        release(session)


def answer(case: Case, *, by: User, answer: str, minutes: int | None = None, note: str = "") -> None:
    """Step 7: answer in writing, without a meeting. A schedule is cancelled.

    The answer goes into the report. The applicant reads it once the report is accepted. `minutes` are the
    time that the officer needed, if known.
    """
    with transition("answer", case, by=by, note=note) as taken:
        with translation.override("id"):  # the reason goes on record
            cancel_session(case, reason=str(_("Dijawab tertulis")))
        now = clock.now()
        case.sessions.create(
            officer=_get_officer(case),
            mode=Session.Mode.WRITTEN,
            answer=answer,
            started_at=now - dt.timedelta(minutes=minutes) if minutes else None,
            finished_at=now,
        )
        taken.change(other_time=None)


def no_show(case: Case, *, by: User, note: str = "") -> None:
    """Step 7: record that the applicant did not come. The case waits for a new time."""
    with transition("no_show", case, by=by, note=note) as taken:
        planned = _get_session(case)
        lock_calendars(planned)
        with translation.override("id"):  # the reason goes on record
            cancel(planned, str(_("Pemohon tidak hadir")))
        taken.change(other_time=None)


def cancel_session(case: Case, *, reason: str) -> None:
    """Within a transition: cancel the current session of a case, if there is one."""
    if session := _find_session(case):
        lock_calendars(session)
        cancel(session, reason)


def reassign_session(case: Case, *, officer: User, companions: Iterable[User]) -> None:
    """Within a transition: move the current session of a case, if there is one, to other people's calendars.

    A session that was held stays with the officer who held it. Raise Refused if one of the people is away or
    has another session then.
    """
    session = _find_session(case)
    if session is None or session.finished_at:
        return
    people = [officer, *companions]
    lock_calendars(session, people=people)
    session.officer = officer
    _save_running(session, officer)
    release(session)
    reserve(session, people)


def _create_session(
    case: Case,
    starts_at: dt.datetime,
    minutes: int = 30,
    mode: str = Session.Mode.OFFICE,
    room: Room | None = None,
    place: str = "",
    link: str = "",
) -> Session:
    """Create a session and reserve its time. The name of its room is stored as place, for the record."""
    if mode == Session.Mode.PHONE and case.identity == Identity.ANONYMOUS:
        raise Refused(
            _("Pelapor anonim tidak memberi nomor. Pilih cara lain, atau jawab tertulis."), field="mode"
        )
    if mode == Session.Mode.OFFICE and room is None and list_active_rooms():
        raise Refused(_("Pilih ruang konsultasi."), field="room")
    session = case.sessions.create(
        officer=_get_officer(case),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        mode=mode,
        room=room,
        place=room.name if room else place,
        link=link,
        outside_hours=is_closed(timezone.localdate(starts_at)),
    )
    reserve(session, _list_people(case))
    return session


def _save_running(session: Session, officer: User) -> None:
    """Save a session. Raise Refused if it runs while its officer is in another one."""
    try:
        session.save()
    except IntegrityError as error:
        sentence = _("%(name)s masih dalam konsultasi lain. Selesaikan dahulu konsultasi itu.")
        raise Refused(sentence % {"name": officer}) from error


def _refuse_past(starts_at: dt.datetime) -> None:
    if starts_at <= clock.now():
        raise Refused(_("Waktu konsultasi sudah lewat. Pilih waktu yang akan datang."))


def _find_session(case: Case) -> Session | None:
    return Session.objects.filter(case=case, cancelled_at=None).first()


def _get_session(case: Case) -> Session:
    session = _find_session(case)
    if session is None:
        raise Refused(_("Permohonan ini belum memiliki jadwal."))
    return session


def _list_people(case: Case) -> list[User]:
    """Return the officer and the companions."""
    return [_get_officer(case), *case.list_companions()]


def _get_officer(case: Case) -> User:
    if case.officer is None:
        raise Refused(_("Permohonan ini belum memiliki petugas."))
    return case.officer
