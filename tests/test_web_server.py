"""The web server as an office runs it: slow clients, chunked bodies, killed workers."""

import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from bench.web_server import WebServer, environment

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.release]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    data = str(tmp_path_factory.mktemp("data"))
    with WebServer(environment(REMBUK_DATA=data, DEBUG="true", METRICS_TOKEN="rahasia")) as server:
        yield server


def open_form(port: int, header: str, version: str = "1.1") -> socket.socket:
    """Send the head of a form. Its cookie makes CSRF protection read the body."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    form, cookie = "Content-Type: application/x-www-form-urlencoded", f"Cookie: csrftoken={'a' * 32}"
    head = (f"POST /lacak/ HTTP/{version}", "Host: localhost", form, cookie, header)
    client.sendall("\r\n".join((*head, "", "")).encode())
    return client


def test_bodies_that_stop_halfway_hold_no_thread(server: WebServer) -> None:
    with contextlib.ExitStack() as clients:
        for _client in range(200):
            clients.enter_context(open_form(server.port, "Content-Length: 100")).sendall(b"code=")
        assert [server.get("/healthz") for _request in range(10)] == [200] * 10


def test_a_chunked_body_has_the_same_limit(server: WebServer) -> None:
    for size, status in ((0x50000, b"413"), (3, b"403")):
        with open_form(server.port, "Transfer-Encoding: chunked") as client:
            client.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size))
            assert client.recv(100).split()[1] == status


def test_what_exceeds_the_limit_of_the_server_gets_a_page_in_indonesian(server: WebServer) -> None:
    answer = b""
    with open_form(server.port, f"Content-Length: {settings.MAX_BODY_LIMIT}") as client:
        while part := client.recv(4_096):
            answer += part
    assert answer.split()[1] == b"413"
    assert b"Kiriman Anda terlalu besar" in answer


HIDDEN = b"GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
ENDED = b"0\r\n\r\n" + HIDDEN
AMBIGUOUS = {
    "two kinds of length": (f"Content-Length: {len(ENDED)}\r\nTransfer-Encoding: chunked", ENDED),
    "two lengths": (f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}", HIDDEN),
    "a length with a sign": (f"Content-Length: +{len(HIDDEN)}", HIDDEN),
    "another encoding": (f"Transfer-Encoding: xchunked\r\nContent-Length: {len(ENDED)}", ENDED),
    "a space before the colon": (f"Transfer-Encoding : chunked\r\nContent-Length: {len(ENDED)}", ENDED),
    "a folded header": (f"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: {len(ENDED)}", ENDED),
}
"""Heads with a length that a proxy and the server may read differently. The body hides a request."""


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("head", AMBIGUOUS)
def test_no_request_is_hidden_in_the_body_of_another(head: str, version: str, server: WebServer) -> None:
    headers, body = AMBIGUOUS[head]
    with open_form(server.port, f"Connection: keep-alive\r\n{headers}", version) as client:
        client.sendall(body)
        client.settimeout(2)
        answers = b""
        # A server that closes before it has read the whole body resets the connection after its answer.
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := client.recv(10_000):
                answers += part
    assert len(re.findall(rb"HTTP/1\.[01] \d+", answers)) == 1, answers
    assert answers.split()[1] in (b"400", b"403", b"501"), answers[:200]
    assert b"\r\n\r\nok" not in answers


def test_the_processes_add_up_their_counts(server: WebServer) -> None:
    """Requests reach both workers, and any of them answers for all."""
    asked = 20
    (status,) = {server.get("/tidak-ada/") for _request in range(asked)}
    request = Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Authorization": "Bearer rahasia"})
    for _scrape in range(5):
        with urlopen(request) as response:  # noqa: S310
            text = response.read().decode()
        assert f'rembuk_request_seconds_count{{status="{status}",view="none"}} {asked}.0' in text


def test_a_killed_worker_is_replaced(server: WebServer) -> None:
    for _kill in range(5):
        os.kill(server.list_workers()[0], signal.SIGKILL)
        server.wait()
    until = time.monotonic() + 20
    while len(server.list_workers()) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_request_in_progress_is_answered_when_the_server_stops(server: WebServer) -> None:
    """The last test of the server: it ends here."""
    with open_form(server.port, "Content-Length: 3") as client:
        client.sendall(b"a=b")
        os.kill(server.process.pid, signal.SIGTERM)
        assert client.recv(100).split()[1] == b"403"
    server.process.wait(15)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))
