"""Limits for requests, failed tries and bytes of a client, and a proof of work near a limit.

Rates are those of `settings.ACCOUNT_RATE_LIMITS`, e.g. `120/h/ip,8/d/key`. allauth counts the requests of its
own pages in the cache: eleven queries per request if the cache is a database table. This module takes one
query for any number of limits.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import altcha
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.deprecation import MiddlewareMixin

from kit import clock
from kit.models import CountedRequest

LONGEST_PERIOD = dt.timedelta(days=1)
"""Period of the longest limit. Requests that are older do not count any more."""

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives to one customer. They count as one address."""

ASKED = "SELECT %s AS key, %s AS since, %s AS units, %s AS amount"
WITHIN = """
    asked.units + (
        SELECT COALESCE(SUM(counted.units), 0) FROM kit_countedrequest counted
        WHERE counted.key = asked.key AND counted.at > asked.since
    ) <= asked.amount
"""


@dataclass(frozen=True)
class Use:
    """A use of one action. `key` is the value that limits of the scope `key` count by, e.g. a user name.

    `rate` replaces the limits of the settings, e.g. `60/m/key`.
    """

    action: str
    key: str = ""
    units: int = 1
    rate: str = ""


def consume(request: HttpRequest, *uses: Use) -> bool:
    """Count the uses that are within their limits; return whether all are.

    Requests at the same moment do not see each other, so that a few more than the limit may pass.
    """
    if not (rows := _list_rows(request, uses)):
        return True
    asked = " UNION ALL ".join([ASKED] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_countedrequest (key, at, units) "  # noqa: S608 -- constants only
            f"SELECT asked.key, %s, asked.units FROM ({asked}) asked WHERE {WITHIN}",
            [_adapt(clock.now()), *(value for row in rows for value in row)],
        )
        return bool(cursor.rowcount == len(rows))


def is_within(request: HttpRequest, *uses: Use) -> bool:
    """Return whether all uses are within their limits, and count none."""
    if not (rows := _list_rows(request, uses)):
        return True
    asked = " UNION ALL ".join([ASKED] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM ({asked}) asked WHERE {WITHIN}",  # noqa: S608 -- constants only
            [value for row in rows for value in row],
        )
        return bool(cursor.fetchone()[0] == len(rows))


def delete_old_requests() -> int:
    """Delete requests that no limit counts any more; return their number."""
    return CountedRequest.objects.filter(at__lt=clock.now() - LONGEST_PERIOD).delete()[0]


def get_address(request: HttpRequest) -> str:
    """Return the network address of the client; for IPv6, the first address of its /64 network (HOUSEHOLD).

    Raise PermissionDenied or ImproperlyConfigured if the server or the proxy gave none.
    """
    address = ip_address(get_adapter().get_client_ip(request))
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((address, HOUSEHOLD), strict=False)[0] if address.version == 6 else address)


def _list_rates(rates: str) -> Iterator[tuple[str, int, dt.timedelta, str]]:
    """Yield each rate with its amount, period and scope (`ip` or `key`)."""
    for rate in filter(None, map(str.strip, rates.split(","))):
        amount, period, scope = (*rate.split("/"), "ip")[:3]
        yield rate, int(amount), dt.timedelta(seconds=int(period[:-1] or 1) * SECONDS[period[-1]]), scope


def _list_rows(request: HttpRequest, uses: tuple[Use, ...]) -> list[tuple[Any, ...]]:
    """Return key, beginning of the period, units and limit of each rate."""
    rows = []
    for use in uses:
        rates = use.rate or settings.ACCOUNT_RATE_LIMITS.get(use.action, "")
        for rate, amount, period, scope in _list_rates(rates):
            source = get_address(request) if scope == "ip" else use.key
            key = salted_hmac("kit.limits", f"{use.action} {rate} {source}", algorithm="sha256").hexdigest()
            rows.append((key, _adapt(clock.now() - period), use.units, amount))
    return rows


def _adapt(moment: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def may_try(request: HttpRequest, action: str, name: str) -> bool:
    """Return whether a network address may try `name` once more, e.g. guess its secret.

    The caller counts each try with `count_try()`, except a try that this function refused. Otherwise one
    address could use up the limit that counts all addresses.

    Each action has two entries in the settings. The first limits a network address, and a name from one
    address. `<action>_anywhere` limits a name from all addresses. It is higher and slower, so that a stranger
    with a few addresses does not shut the owner out.
    """
    return is_within(request, *_list_tries(request, action, name))


def count_try(request: HttpRequest, action: str, name: str) -> None:
    consume(request, *_list_tries(request, action, name))


def _list_tries(request: HttpRequest, action: str, name: str) -> list[Use]:
    name = name.casefold()
    return [Use(action, f"{name} {get_address(request)}"), Use(f"{action}_anywhere", name)]


def body_limit[View: Callable[..., HttpResponseBase]](*, files: int) -> Callable[[View], View]:
    """Decorate a view that takes `files` bytes of files beside text (DATA_UPLOAD_MAX_MEMORY_SIZE).

    Put it on top of the decorators of the view, so that nothing hides it. Raise ValueError above
    MAX_BODY_LIMIT, which the web server refuses.
    """
    limit = files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit > settings.MAX_BODY_LIMIT:
        raise ValueError(f"{limit} bytes exceed MAX_BODY_LIMIT")

    def decorate(view: View) -> View:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return decorate


class BodyLimitMiddleware(MiddlewareMixin):
    """Answer 413 if the body is longer than the limit of its view, by default BODY_LIMIT.

    It precedes CSRF protection, which parses the body. Django reads no body beyond `Content-Length`, and the
    web server sets that header for a chunked body.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = getattr(view, "body_limit", settings.BODY_LIMIT)
        # A length of -1 would make Django read until the connection ends.
        if length.isascii() and length.isdecimal() and len(length) < 16 and int(length) <= limit:
            return None
        return HttpResponse(render_to_string("413.html"), status=413)


ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 1_000
TRIES = range(80, 240)
"""Keys that a browser derives before it finds the right one: a cheap phone needs a few seconds."""

LIFETIME = 20 * 60
"""Seconds to solve a challenge."""

INVALID = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""Errors that altcha raises for a forged proof."""


def create_challenge(key: str) -> dict[str, Any]:
    """Return a challenge (altcha, version 2) that is bound to this key. `static/js/proof.js` solves it."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=secrets.choice(TRIES),
        expires_at=int(time.time()) + LIFETIME,
        data={"key": key},
        hmac_secret=_get_secret(),
    )
    return challenge.to_dict()


def is_solved(key: str, proof: str) -> bool:
    """Return whether `proof` solves a challenge for this key in time."""
    try:
        payload = altcha.Payload.from_base64(proof)
        is_for_this_key = payload.challenge.parameters.data == {"key": key}
        return is_for_this_key and altcha.verify_solution(payload, _get_secret()).verified
    except INVALID:
        return False


def _get_secret() -> str:
    return salted_hmac("kit.limits.proof_of_work", "proof of work", algorithm="sha256").hexdigest()
