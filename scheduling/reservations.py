"""Reserve the half hours of a session's people, and release them."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consultations.workflow import Refused
from office import clock
from office.models import User
from scheduling.models import Session, Slot


def reserve(session: Session, people: Iterable[User]) -> None:
    """Reserve the session's half hours for each person, in place of those it had.

    Raise Refused, with the name, if one of them has another session then.
    """
    people = list(people)
    _lock_calendars(session, people)
    session.slots.all().delete()
    for person in people:
        slots = (
            Slot(session=session, user=person, day=day, half_hour=half) for day, half in session.half_hours()
        )
        try:
            with transaction.atomic():
                Slot.objects.bulk_create(slots)
        except IntegrityError as error:
            raise Refused(
                _("%(name)s sudah memiliki jadwal lain pada waktu itu. Pilih waktu lain.") % {"name": person}
            ) from error


def cancel(session: Session, reason: str) -> None:
    """Cancel a session and release its half hours. The session stays on record."""
    _lock_calendars(session)
    session.slots.all().delete()
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.save(update_fields=["cancelled_at", "cancel_reason"])


def _lock_calendars(session: Session, people: Iterable[User] = ()) -> None:
    """Lock old and new people of the session, in the order of their keys to avoid a deadlock."""
    keys = {person.pk for person in people} | set(session.slots.values_list("user", flat=True))
    list(User.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values("pk"))
