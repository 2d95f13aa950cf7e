"""The worker process of the web server. gunicorn starts, stops and replaces it; waitress speaks HTTP."""

import logging
import os
import signal
import time
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.utilities import RequestEntityTooLarge

MAX_CONNECTIONS = 500
"""Open connections of a worker. Above that, a connection waits until another is closed."""

IDLE_SECONDS = 60
"""Seconds without a byte after which a connection is closed."""


class TooLargePage(RequestEntityTooLarge):
    """The answer to a body above MAX_BODY_LIMIT: the page that Django shows for smaller ones."""

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        return f"{self.code} {self.reason}", headers, render_to_string("413.html").encode()


class StrictParser(HTTPRequestParser):
    """Refuse a request that says its length in two ways: a proxy may read the other one (RFC 9112, 6.1)."""

    error: Any

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = TooLargePage(self.error.body)
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        # The header is still there if the version of HTTP has no such encoding.
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the body is ambiguous")


class BufferedWorker(Worker):
    """Give a thread to a request only after it has arrived completely. One loop receives all requests.

    The workers of gunicorn and granian give a thread to a request whose body is still on its way. So a few
    clients that stop in the middle of a body occupy all threads.
    """

    def run(self) -> None:
        """Serve until gunicorn stops this worker or is gone itself.

        If another process holds the port (`run_office`), end gunicorn after SLEEP_AFTER seconds without a
        connection: that process starts it again for the next one.
        """
        # Waitress logs a warning for each request that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        HTTPChannel.parser_class = StrictParser
        self.dispatchers: dict[int, Any] = {}
        create_server(
            self.wsgi,
            map=self.dispatchers,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=MAX_CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_body_size=settings.MAX_BODY_LIMIT,
            clear_untrusted_proxy_headers=False,  # Django decides which headers to trust (BEHIND_PROXY)
            log_socket_errors=False,
            ident="",
        )
        may_end = self.cfg.workers == 1 and all(bound.startswith("fd://") for bound in self.cfg.bind)
        sleep_after = settings.SLEEP_AFTER if may_end else 0
        used_at = time.monotonic()
        while self.alive and self.ppid == os.getppid():
            self._serve()
            if self._list_channels():
                used_at = time.monotonic()
            elif sleep_after and time.monotonic() > used_at + sleep_after:
                os.kill(self.ppid, signal.SIGTERM)
                break
        self._finish()

    def _serve(self) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.dispatchers, count=1)

    def _finish(self) -> None:
        for listener in [found for found in self.dispatchers.values() if found.accepting]:
            wasyncore.dispatcher.close(listener)  # the server's own close() would stop its threads too
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and (channels := self._list_channels()):
            for channel in channels:
                if not channel.requests:
                    channel.close_when_flushed = True
            self._serve()

    def _list_channels(self) -> list[HTTPChannel]:
        return [found for found in self.dispatchers.values() if isinstance(found, HTTPChannel)]
