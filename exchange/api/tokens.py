"""Tokens of the API: who calls, from where, how often, and with which scopes."""

import datetime as dt

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer

from exchange.api.problems import Problem
from exchange.models import Scope, System
from kit import clock
from kit.encryption import hash_token
from kit.limits import Use, consume

NOTED_EVERY = dt.timedelta(minutes=1)
"""Time between two moments of `last_used_at`, so that not every request writes it."""


class Token(HttpBearer):
    """Accept a token of a usable system that has one of `scopes`; any usable token without scopes."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def authenticate(self, request: HttpRequest, token: str) -> System | None:
        """Return the system, or None for an answer with status 401. Raise Problem (403, 429)."""
        found = System.objects.usable().select_related("official").filter(token_hash=hash_token(token))
        system = found.first()
        if system is None or not _comes_from(request, system):
            return None
        if not consume(request, Use("api", str(system.pk), rate=f"{system.rate}/m/key")):
            raise Problem(429, headers={"Retry-After": "60"})
        if self.scopes and self.scopes.isdisjoint(system.scopes):
            raise Problem(403)
        now = clock.now()
        if system.last_used_at is None or system.last_used_at < now - NOTED_EVERY:
            System.objects.filter(pk=system.pk).update(last_used_at=now)
        return system


def _comes_from(request: HttpRequest, system: System) -> bool:
    if not system.network:
        return True
    try:
        return system.admits(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured, ValueError):  # the server or proxy gave no address
        return False
