"""Limit guesses of the secret (password, telephone number) of a name (account, tracking code).

Only failures count. Each action has two entries in `settings.ACCOUNT_RATE_LIMITS`. The first limits a network
address, and a name from one address. `<action>_anywhere` limits a name from all addresses. It is higher and
slower, so that a stranger with a few addresses does not shut the owner out.
"""

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest


def may_try(request: HttpRequest, action: str, name: str) -> bool:
    """Return whether the limits allow one more try."""
    limits = _limits(request, action, name)
    return all(ratelimit.consume(request, action=limit, key=key, dry_run=True) for limit, key in limits)


def count_failure(request: HttpRequest, action: str, name: str) -> None:
    for limit, key in _limits(request, action, name):
        ratelimit.consume(request, action=limit, key=key)


def _limits(request: HttpRequest, action: str, name: str) -> list[tuple[str, str]]:
    name = name.casefold()
    return [(action, f"{name} {get_ip(request)}"), (f"{action}_anywhere", name)]
