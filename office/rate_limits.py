"""Rate limits of this project's pages (`settings.ACCOUNT_RATE_LIMITS`), counted in the database.

allauth counts its own pages in the cache. In a cache that is a database table, one request takes it eleven
queries. Here it is one, for any number of limits.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.ratelimit import get_ip, parse_rates
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from office import clock
from office.models import CountedRequest

LONGEST_PERIOD = dt.timedelta(days=1)
"""Period of the longest limit. Requests that are older do not count any more."""

ASKED = "SELECT %s AS key, %s AS since, %s AS units, %s AS amount"
WITHIN = """
    asked.units + (
        SELECT COALESCE(SUM(counted.units), 0) FROM office_countedrequest counted
        WHERE counted.key = asked.key AND counted.at > asked.since
    ) <= asked.amount
"""


@dataclass(frozen=True)
class Use:
    """A use of one action. `key` is what the action is limited by, apart from the network address.

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
            "INSERT INTO office_countedrequest (key, at, units) "  # noqa: S608 -- constants only
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
    """Delete what does not count any more; return how many rows."""
    return CountedRequest.objects.filter(at__lt=clock.now() - LONGEST_PERIOD).delete()[0]


def _list_rows(request: HttpRequest, uses: tuple[Use, ...]) -> list[tuple[Any, ...]]:
    """Return key, beginning of the period, units and limit of each rate."""
    rows = []
    for use in uses:
        for rate in parse_rates(use.rate or settings.ACCOUNT_RATE_LIMITS.get(use.action)):
            source = get_ip(request) if rate.per == "ip" else use.key
            name = f"{use.action} {rate} {source}"
            key = salted_hmac("office.rate_limits", name, algorithm="sha256").hexdigest()
            since = _adapt(clock.now() - dt.timedelta(seconds=rate.duration))
            rows.append((key, since, use.units, rate.amount))
    return rows


def _adapt(moment: dt.datetime) -> Any:
    """Return a moment as the database of this connection stores it."""
    return connection.ops.adapt_datetimefield_value(moment)
