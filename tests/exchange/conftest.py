"""Fixtures: two systems with tokens, and a client for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from exchange.models import System
from exchange.services.systems import issue_token, propose
from office.models import User
from tests.factories import Staff

EVERYTHING = {"reads_cases": True, "reads_documents": True, "sends_requests": True, "reads_statistics": True}


@dataclass(frozen=True)
class Caller:
    """A system with its token."""

    system: System
    client: Client

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1{path}", params)

    def post(self, path: str, data: Any, *, key: object = None, **more: Any) -> Any:
        headers = {"Idempotency-Key": str(key)} if key else {}
        return self.client.post(f"/api/v1{path}", data, headers=headers, **more)


type CallerOf = Callable[..., Caller]


def make_caller(name: str, *, by: User, official: User, **may: Any) -> Caller:
    system = System(name=name, contact="Dinas Uji, 0717-000000", official=official, **(may or EVERYTHING))
    propose(system, by=by)
    token = issue_token(system, by=official, days=30)
    system.refresh_from_db()
    return Caller(system, Client(headers={"Authorization": f"Bearer {token}"}))


@pytest.fixture
def caller_of(staff: Staff) -> CallerOf:
    """Return a system that the administrator proposed and an official granted, by default everything."""

    def make(official: User | None = None, *, name: str = "Sistem Uji", **may: Any) -> Caller:
        return make_caller(name, by=staff.admin, official=official or staff.kadis, **may)

    return make
