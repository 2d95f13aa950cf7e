"""Calendar feeds (langganan kalender): create, replace, revoke and read them."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from consultations.parties import get_office_wide_appointment
from consultations.queries import of_visible_case
from office import clock
from office.encryption import hash_token
from office.models import Room, User
from scheduling.models import CalendarFeed, Session
from scheduling.models.feed import new_token

PAST, AHEAD = dt.timedelta(days=30), dt.timedelta(days=366)
"""Time whose sessions a feed contains."""

MAX_SESSIONS = 500


def list_feed_rooms(by: User) -> QuerySet[Room]:
    """Return the rooms whose feeds `by` manages: all, for a position that sees the cases of all divisions."""
    rooms = Room.objects.filter(is_active=True)
    return rooms if get_office_wide_appointment(by) else rooms.none()


def create_feed(*, by: User, room: Room | None = None) -> str:
    """Create the feed of a room, or of `by`, and return its token. An older token stops working.

    Raise PermissionDenied if `by` may not manage the feeds of rooms, or holds no position.
    """
    token = new_token()
    values = {"token_hash": hash_token(token), "created_by": by, "created_at": clock.now()}
    CalendarFeed.objects.update_or_create(defaults=values, **_get_holder(by, room))
    return token


def revoke_feed(*, by: User, room: Room | None = None) -> None:
    """Revoke the feed of a room, or of `by`. Raise PermissionDenied as `create_feed()` does."""
    CalendarFeed.objects.filter(**_get_holder(by, room)).delete()


def find_feed(token: str) -> CalendarFeed | None:
    """Return the feed of a token, unless its person holds no position or its room is not in use."""
    found = CalendarFeed.objects.filter(Q(user__in=User.objects.in_office()) | Q(room__is_active=True))
    return found.filter(token_hash=hash_token(token)).select_related("user", "room").first()


def list_feed_sessions(feed: CalendarFeed) -> QuerySet[Session]:
    """Return the sessions of a feed, the first MAX_SESSIONS from PAST ago until AHEAD.

    A person's feed has the sessions that the person holds or accompanies, of cases that the person may see
    now.
    """
    now = clock.now()
    found = Session.objects.filter(cancelled_at=None, starts_at__gte=now - PAST, starts_at__lt=now + AHEAD)
    if feed.user:
        own = Q(officer=feed.user) | Q(case__companions=feed.user)
        found = found.filter(of_visible_case(feed.user), own).distinct()
    else:
        found = found.filter(room=feed.room)
    return found.select_related("case").order_by("starts_at", "pk")[:MAX_SESSIONS]


def _get_holder(by: User, room: Room | None) -> dict[str, Any]:
    allowed = list_feed_rooms(by).filter(pk=room.pk).exists() if room else bool(by.current_appointments)
    if not allowed:
        raise PermissionDenied
    return {"room": room} if room else {"user": by}
