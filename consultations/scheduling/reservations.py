"""Reserve the half hours of a session's people and room, and check when it can begin and have been held."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.scheduling.models import Absence, Session, Slot
from consultations.step_row import earliest_start, explain_early_start
from kit import clock
from kit.refusal import Refused
from office.models import Room, User
from office.worktime import WorkingTime


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
    release(session)
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.save(update_fields=["cancelled_at", "cancel_reason"])


def release(session: Session) -> None:
    """Release the half hours of a session, so that others can take them. Lock the calendars first."""
    session.slots.all().delete()


def lock_calendars(session: Session | None, *, people: Iterable[User] = (), room: Room | None = None) -> None:
    """Lock a session's people and room, and further ones, in the order of their keys to avoid a deadlock.

    Whoever reserves half hours holds these locks, so that nobody else does between check and insert.
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
    """Raise Refused if one of the people is away at the planned time."""
    if session.starts_at is None or session.ends_at is None:
        return
    absences = Absence.objects.between(session.starts_at, session.ends_at).filter(person__in=people)
    if absence := absences.select_related("person").first():
        raise Refused(
            _("%(name)s berhalangan pada waktu itu: %(absence)s. Pilih waktu atau orang lain.")
            % {"name": absence.person, "absence": absence.summary}
        )


def _refuse_taken(session: Session, people: Iterable[User]) -> None:
    """Raise Refused if one of the people or the room has another session at the planned time."""
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
