"""Fixtures: systems with tokens, a client for each, and a receiver of webhooks."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from exchange.models import System
from exchange.systems import issue_token, propose
from exchange.webhooks import set_webhook
from office.models import User
from tests.factories import Staff
from tests.signing.servers import Reply, Request, serving

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


class Receiver:
    """A receiver on this machine. `answer` is the status of its answers; it hangs until `goes_on` is set."""

    url = ""

    def __init__(self) -> None:
        self.answer, self.received = 204, list[tuple[dict[str, str], bytes]]()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def __call__(self, request: Request) -> Reply:
        self.goes_on.wait(5)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((headers, request.body))
        return Reply(b"", self.answer, {"Location": "http://127.0.0.1:9/"})


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    receiver = Receiver()
    with serving(receiver) as address:
        receiver.url = f"{address}/rembuk"
        yield receiver
        receiver.goes_on.set()


@pytest.fixture
def hooked(staff: Staff, caller_of: CallerOf, receiver: Receiver) -> Caller:
    """Return a system of the Kepala Dinas with a webhook."""
    caller = caller_of()
    set_webhook(caller.system, by=staff.kadis, url=receiver.url)
    return caller
