"""Reserve the half hours of a session's people and room, and release them."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.workflow import Refused
from office import clock
from office.models import Room, User
from scheduling.models import Absence, Session, Slot


def reserve(session: Session, people: Iterable[User]) -> None:
    """Reserve the session's half hours for each person and for its room, in place of those it had.

    Raise Refused, with the name, if one of them is away or has another session then.
    """
    people = list(people)
    lock_calendars(session, people=people, room=session.room)
    _refuse_absent(session, people)
    session.slots.all().delete()
    for person in people:
        if not _reserve(session, user=person):
            raise Refused(
                _("%(name)s sudah memiliki jadwal lain pada waktu itu. Pilih waktu lain.") % {"name": person}
            )
    if session.room and not _reserve(session, room=session.room):
        raise Refused(_explain_taken(session, session.room), field="room")


def cancel(session: Session, reason: str) -> None:
    """Cancel a session and release its half hours. The session stays on record."""
    release(session)
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.save(update_fields=["cancelled_at", "cancel_reason"])


def release(session: Session) -> None:
    """Release the half hours of a session that is cancelled or has ended, so that others can take them."""
    lock_calendars(session)
    session.slots.all().delete()


def lock_calendars(session: Session, *, people: Iterable[User] = (), room: Room | None = None) -> None:
    """Lock old and new people and rooms of the session, in the order of their keys to avoid a deadlock."""
    users = {person.pk for person in people} | set(session.slots.values_list("user", flat=True))
    rooms = {room.pk if room else None} | set(session.slots.values_list("room", flat=True))
    for model, keys in ((User, users), (Room, rooms)):
        found = model.objects.filter(pk__in=[key for key in keys if key]).order_by("pk")
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


def _reserve(session: Session, **holder: User | Room) -> bool:
    """Reserve the session's half hours for one holder. Return False if one of them is taken."""
    slots = (Slot(session=session, day=day, half_hour=half, **holder) for day, half in session.half_hours())
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(slots)
    except IntegrityError:
        return False
    return True


def _explain_taken(session: Session, room: Room) -> str:
    free = ", ".join(map(str, list_free_rooms(session)))
    if not free:
        return gettext("Semua ruang sudah dipakai pada waktu itu. Pilih waktu lain.")
    return gettext("%(room)s sudah dipakai pada waktu itu. Yang kosong: %(free)s.") % {
        "room": room,
        "free": free,
    }
