"""Fixtures: systems with tokens, a client for each, and a receiver of webhooks."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from exchange.models import System
from exchange.systems import issue_token, propose
from exchange.webhooks import set_webhook
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


class Receiver(ThreadingHTTPServer):
    """A receiver on this machine. `answer` is the status of its answers; it hangs until `goes_on` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.received = 204, list[tuple[dict[str, str], bytes]]()
        self.goes_on = threading.Event()
        self.goes_on.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rembuk"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.goes_on.wait(5)
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answer)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.goes_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hooked(staff: Staff, caller_of: CallerOf, receiver: Receiver) -> Caller:
    """Return a system of the Kepala Dinas with a webhook."""
    caller = caller_of()
    set_webhook(caller.system, by=staff.kadis, url=receiver.url)
    return caller
