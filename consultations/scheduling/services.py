"""Steps 6 and 7: schedule a consultation, move it, hold it, or record that the applicant did not come.

A case has at most one session that is not cancelled. Services read it anew, so that a refused step changes
nothing that the page has loaded.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy as _

from consultations.deadlines import earliest
from consultations.enums import Identity
from consultations.identity import get_contact
from consultations.models import Case, Event
from consultations.parties import Actor
from consultations.scheduling.availability import reserve_time
from consultations.scheduling.models import Absence, Session, Slot
from consultations.step_row import earliest_start, explain_early_start
from consultations.workflow import TAKE_BACK, VERBS, check, transition
from kit import clock
from kit.refusal import Refused
from office.lists import list_active_rooms
from office.models import Office, Room, User
from office.worktime import WorkingTime


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


def reschedule(
    case: Case,
    *,
    by: User,
    reason: str,
    starts_at: dt.datetime | None,
    closed_reason: str = "",
    **plan: Any,
) -> None:
    """Step 6: move the consultation to another time, or to now if `starts_at` is None.

    The old session stays on record as cancelled. Raise Refused as `schedule()` does. Now may be outside of
    the working hours if `closed_reason` says why; it is stored with the reason.
    """
    if starts_at is None and is_closed_now():
        if not closed_reason:
            sentence = _("Kantor sedang tutup. Tulis mengapa konsultasi tetap dimulai sekarang.")
            raise Refused(sentence, field="closed_reason")
        ends = (".", "!", "?")
        sentences = (text if text.endswith(ends) else f"{text}." for text in (reason, closed_reason))
        reason = " ".join(sentences)
    with transition("reschedule", case, by=by, note=reason) as taken:
        planned = _get_session(case)
        # Lock the old and the new room together: two sessions may change rooms at the same time.
        lock_calendars(planned, people=_list_people(case), room=plan.get("room"))
        cancel(planned, reason)
        is_now = starts_at is None
        if starts_at is None:
            starts_at = clock.now().replace(second=0, microsecond=0)
        else:
            _refuse_past(starts_at)
        taken.record = moved = _create_session(case, starts_at, **plan)
        due = moved.ends_at if is_now else starts_at  # what is moved to now is not late at once
        taken.change(planned_at=starts_at, due_at=earliest(due, case.answer_due), other_time=None)


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

    An urgent walk-in without a schedule waits at the counter again, since the same moment as before.
    """
    with transition("undo_start", case, by=by, note=note) as taken:
        session = _get_session(case)
        taken.change(planned_at=session.starts_at, other_time=session.asked_time)
        if session.starts_at:
            taken.change(due_at=earliest(session.starts_at, case.answer_due))
        else:
            waited = case.work_items.filter(kind="prepare", done_at__isnull=False).order_by("pk").last()
            if waited:  # an earlier release stored none
                taken.change(since=waited.since, due_at=waited.due_at)
            with translation.override("id"):  # the reason goes on record
                cancel(session, str(taken.step.done))
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
    overrun_reason: str = "",
    note: str = "",
) -> None:
    """Step 7: end the consultation, with its real time: from the recorded start until now by default.

    Release the time of its people and its room. Raise Refused if it cannot have been held then, or if it took
    longer than the standard says and `overrun_reason` is empty. The moment of the step `start` in the history
    does not change.
    """
    checked = check("finish", case, by=by)
    session, end = _get_session(case), finished_at or clock.now()
    start = started_at or session.started_at or end
    check_held(case, session, start, end)
    with transition("finish", case, by=by, at=max(end, case.since), note=note, checked=checked):
        session.started_at, session.finished_at, session.attendees = start, end, attendees
        session.overrun_reason = _get_overrun_reason(session, overrun_reason)
        session.save(update_fields=["started_at", "finished_at", "attendees", "overrun_reason"])
        lock_calendars(session)
        session.slots.all().delete()


def _get_overrun_reason(session: Session, reason: str) -> str:
    """Return the reason if a session took longer than the standard says, else an empty text."""
    minutes, promised = session.minutes or 0, Office.load().service_minutes
    if minutes <= promised:
        return ""
    if not reason:
        sentence = _("Konsultasi ini %(minutes)s menit, standarnya %(promised)s menit. Tulis alasannya.")
        values = {"minutes": minutes, "promised": promised}
        raise Refused(sentence % values, field="overrun_reason")
    return reason


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


def take_back_session(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Cancel a session with the step that planned it, or let it run again (one of STEP_RECEIVERS).

    Raise Refused if one of its people is away or has another session by now.
    """
    if event.verb != TAKE_BACK or not isinstance(record, Event):
        return
    if record.verb == "schedule":
        with translation.override("id"):  # the reason goes on record
            cancel_session(case, reason=str(VERBS[TAKE_BACK].done))
    elif record.verb == "finish":
        _reopen(case)


def _reopen(case: Case) -> None:
    session, people = _get_session(case), _list_people(case)
    lock_calendars(session, people=people, room=session.room)
    session.started_at = case.history.filter(verb="start").latest("pk").happened_at
    session.finished_at, session.overrun_reason = None, ""
    _save_running(session, _get_officer(case))
    reserve(session, people)


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
    session.slots.all().delete()
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
    if mode == Session.Mode.PHONE and not get_contact(case).phone:
        raise Refused(_("Nomor pemohon tidak diketahui. Pilih cara lain, atau jawab tertulis."), field="mode")
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
    return [_get_officer(case), *case.list_companions()]


def _get_officer(case: Case) -> User:
    if case.officer is None:
        raise Refused(_("Permohonan ini belum memiliki petugas."))
    return case.officer


def reserve(session: Session, people: Iterable[User]) -> None:
    """Reserve the half hours of a session without any, for each person and for its room.

    Lock the calendars first. Raise Refused, with the name, if one of them is away or taken then.
    """
    people = list(people)
    _refuse_absent(session, people)
    _refuse_taken(session, people)
    holders: list[dict[str, User | Room]] = [{"user": person} for person in people]
    if session.room:
        holders.append({"room": session.room})
    Slot.objects.bulk_create(
        Slot(session=session, day=day, half_hour=half, **holder)
        for holder in holders
        for day, half in session.half_hours()
    )


def cancel(session: Session, reason: str) -> None:
    """Cancel a session and release its half hours. The session stays on record. Lock the calendars first."""
    session.slots.all().delete()
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.save(update_fields=["cancelled_at", "cancel_reason"])


def lock_calendars(session: Session | None, *, people: Iterable[User] = (), room: Room | None = None) -> None:
    """Lock a session's people and room, and further ones, in the order of their keys to avoid a deadlock.

    Hold these locks from the check to the insert.
    """
    slots = Slot.objects.filter(session=session) if session else Slot.objects.none()
    users = Q(pk__in=[person.pk for person in people]) | Q(pk__in=slots.values("user"))
    list(User.objects.filter(users).order_by("pk").select_for_update(no_key=True).values("pk"))
    if rooms := {one for one in (session and session.room_id, room and room.pk) if one}:
        found = Room.objects.filter(pk__in=rooms).order_by("pk")
        list(found.select_for_update(no_key=True).values("pk"))


def list_free_rooms(session: Session) -> QuerySet[Room]:
    """Return the rooms in use that are not reserved at the planned time of a session."""
    half_hours = session.half_hours()
    taken = Slot.objects.filter(
        room=OuterRef("pk"),
        day__in={day for day, _half in half_hours},
        half_hour__in={half for _day, half in half_hours},
    )
    return Room.objects.filter(~Exists(taken), is_active=True)


def _refuse_absent(session: Session, people: Iterable[User]) -> None:
    if session.starts_at is None or session.ends_at is None:
        return
    absences = Absence.objects.between(session.starts_at, session.ends_at).filter(person__in=people)
    if absence := absences.select_related("person").first():
        raise Refused(
            _("%(name)s berhalangan pada waktu itu: %(absence)s. Pilih waktu atau orang lain.")
            % {"name": absence.person, "absence": absence.summary}
        )


def _refuse_taken(session: Session, people: Iterable[User]) -> None:
    half_hours = session.half_hours()
    days, halves = {day for day, _half in half_hours}, {half for _day, half in half_hours}
    holders = Q(user__in=people) | Q(room=session.room_id) if session.room_id else Q(user__in=people)
    slots = Slot.objects.filter(holders, day__in=days, half_hour__in=halves).select_related("user", "room")
    for slot in slots.order_by(F("room").asc(nulls_first=True)):
        if (slot.day, slot.half_hour) not in half_hours:
            continue
        if slot.room:
            raise Refused(_explain_taken(session, slot.room), field="room")
        raise Refused(
            _("%(name)s sudah memiliki jadwal lain pada waktu itu. Pilih waktu lain.") % {"name": slot.user}
        )


def _explain_taken(session: Session, room: Room) -> str:
    free = ", ".join(map(str, list_free_rooms(session)))
    if not free:
        return gettext("Semua ruang sudah dipakai pada waktu itu. Pilih waktu lain.")
    return gettext("%(room)s sudah dipakai pada waktu itu. Yang kosong: %(free)s.") % {
        "room": room,
        "free": free,
    }


CLOSED_DAY = _(
    "Tanggal itu bukan hari kerja. Pindahkan jadwalnya ke sekarang lewat “Jadwalkan ulang”, lalu mulai."
)


def is_closed(day: dt.date) -> bool:
    """Return whether the office does not work on a day. An office that has entered no hours always works."""
    working = WorkingTime.load()
    return bool(working.hours) and not working.is_open(day)


def is_closed_now() -> bool:
    """Return whether the present moment is outside of the working hours."""
    working, now = WorkingTime.load(), clock.now()
    return bool(working.hours) and not working.includes(now, now)


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
