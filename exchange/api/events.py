"""Announcements of a system, to read again what its webhook has missed; and the system itself."""

from typing import Annotated, Any

from ninja import Query, Router

from exchange.api.schemas import EventPage, SystemOut
from exchange.api.texts import describe as _
from exchange.api.tokens import Token
from exchange.models import Scope
from exchange.queries import list_events
from exchange.services.outbox import get_payload
from office.public_url import get_public_url

router = Router(tags=["sistem"])
PAGE_SIZE = 100


@router.get("/me", auth=Token(), response=SystemOut, summary=_("Sistem pemilik token"))
def get_system(request: Any) -> dict[str, Any]:
    system = request.auth
    return {
        "name": system.name,
        "scopes": system.scopes,
        "expires_at": system.expires_at,
        "requests_per_minute": system.rate,
    }


@router.get(
    "/events",
    auth=Token(Scope.READ_CASES, Scope.WRITE_INTAKE),
    response=EventPage,
    summary=_("Kejadian yang diumumkan lewat webhook"),
)
def read_events(
    request: Any,
    after: Annotated[int, Query(ge=0, le=10**18 - 1, description=_("Dari tautan next."))] = 0,
) -> dict[str, Any]:
    """Return a page of what was announced after a place, without names: the same for each reading."""
    rows = list(list_events(request.auth).filter(pk__gt=after)[:PAGE_SIZE])
    last = rows[-1].pk if rows else after
    return {
        "events": [get_payload(row) for row in rows],
        "next": f"{get_public_url('api-1:read_events')}?after={last}",
    }
