"""Local HTTP servers that replace external services during a test."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/octet-stream"})


def as_json(answer: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(answer).encode(), status, {"Content-Type": "application/json"})


@contextmanager
def serving(answer: Callable[[Request], Reply]) -> Iterator[str]:
    """Let `answer` reply to each request, at the address that is given; gone afterwards."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = answer(Request(self.path, dict(self.headers), body))
            try:
                self.send_response(reply.status)
                for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except ConnectionError:
                pass  # whoever asked did not wait

        do_GET = do_POST  # noqa: N815 -- the library's names

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_too_late(answer: Callable[[Request], Reply]) -> Iterator[str]:
    """Hold each reply of `answer` back until the block ends."""
    ended = threading.Event()

    def reply_late(request: Request) -> Reply:
        reply = answer(request)
        ended.wait(30)
        return reply

    with serving(reply_late) as address:
        try:
            yield address
        finally:
            ended.set()
