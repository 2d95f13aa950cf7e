"""Sends the same kind of request from several browsers at once, and measures the web processes meanwhile."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

BROWSERS = 8
SECONDS = 3.0
RUNS = 3
WARM_UP = 4

type Act = Callable[["Connection"], None]


class Server(Protocol):
    """What listens on a port of this machine, and the processor time that it has used."""

    port: int

    def get_cpu_seconds(self) -> float: ...


class AnswerError(Exception):
    """The server answered with another status than the action needs."""


@dataclass(frozen=True)
class Cost:
    """Medians of RUNS: CPU milliseconds of the web processes for each action, and actions per second."""

    cpu: float
    rate: float


class Connection:
    """The persistent connection of one browser with its cookies."""

    def __init__(self, server: Server, cookies: str = "") -> None:
        self.cookies = cookies
        self.http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def get(self, path: str) -> bytes:
        return self.ask("GET", path, HTTPStatus.OK)[1]

    def ask(
        self, method: str, path: str, expected: HTTPStatus, body: str = "", address: str = "10.0.0.9"
    ) -> tuple[str, bytes]:
        """Send a request; return the redirect's target and the content. Raise AnswerError."""
        headers = {"Cookie": self.cookies, "X-Forwarded-For": address, "Connection": "keep-alive"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.http.request(method, path, body or None, headers)
        answer = self.http.getresponse()
        content = answer.read()
        if answer.status != expected:
            raise AnswerError(f"{method} {path}: {answer.status}")
        return answer.getheader("Location", ""), content


def measure(server: Server, act: Act, *, cookies: str = "", actions: int | None = None) -> Cost:
    """Let BROWSERS repeat an action for SECONDS, RUNS times.

    `actions` limits the number of one run, for actions that use something up. Raise AnswerError.
    """
    connections = [Connection(server, cookies) for _n in range(BROWSERS)]
    for connection in connections[:WARM_UP]:
        act(connection)
    runs = [_run(server, act, connections, actions) for _n in range(RUNS)]
    return Cost(
        round(statistics.median(cpu for cpu, _rate in runs), 1),
        round(statistics.median(rate for _cpu, rate in runs), 1),
    )


def _run(server: Server, act: Act, connections: list[Connection], actions: int | None) -> tuple[float, float]:
    """Return CPU milliseconds for each action, and actions per second."""
    began, cpu = time.perf_counter(), server.get_cpu_seconds()
    tickets = _list_tickets(began + SECONDS, actions)
    lock, done = threading.Lock(), [0] * BROWSERS
    errors: list[Exception] = []

    def repeat(number: int) -> None:
        while True:
            with lock:
                if errors or next(tickets, None) is None:
                    return
            try:
                act(connections[number])
            except (AnswerError, OSError, http.client.HTTPException) as error:
                errors.append(error)
                return
            done[number] += 1

    threads = [threading.Thread(target=repeat, args=[number]) for number in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    used = server.get_cpu_seconds() - cpu
    return used * 1000 / sum(done), sum(done) / (time.perf_counter() - began)


def _list_tickets(until: float, actions: int | None) -> Iterator[int]:
    """Yield a number for each action that may begin."""
    number = 0
    while time.perf_counter() < until and (actions is None or number < actions):
        number += 1
        yield number


def open_page(path: str) -> Act:
    def act(browser: Connection) -> None:
        browser.get(path)

    return act
