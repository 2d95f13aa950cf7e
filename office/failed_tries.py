"""Limit how often somebody may guess the password of an account, or the telephone number of a case.

Only failures count. Each action has two entries in `settings.ACCOUNT_RATE_LIMITS`. The first limits a network
address, and a name from one address. `<action>_anywhere` limits a name from all addresses. It is higher and
slower, so that a stranger with a few addresses does not shut the owner out.
"""

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest

from office.rate_limits import Use, consume, is_within


def may_try(request: HttpRequest, action: str, name: str) -> bool:
    """Return whether the limits allow one more try."""
    return is_within(request, *_list_uses(request, action, name))


def count_failure(request: HttpRequest, action: str, name: str) -> None:
    consume(request, *_list_uses(request, action, name))


def _list_uses(request: HttpRequest, action: str, name: str) -> list[Use]:
    name = name.casefold()
    return [Use(action, f"{name} {get_ip(request)}"), Use(f"{action}_anywhere", name)]
