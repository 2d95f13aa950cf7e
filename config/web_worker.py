"""The worker process of the web server: gunicorn starts and replaces it, waitress speaks HTTP."""

import os
import time

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

CONNECTIONS = 500
"""Open connections of a worker. More wait until one is closed."""

IDLE_SECONDS = 60
"""Seconds without a byte after which a connection is closed."""


class BufferedWorker(Worker):
    """Receive requests in one loop, and hand each to a thread once it has arrived whole.

    gunicorn's own workers give a thread to a connection, so a few clients that stop in the middle of a body
    occupy all threads.
    """

    def run(self) -> None:
        """Serve until gunicorn stops this worker, or has died itself."""
        self.open = {}
        create_server(
            self.wsgi,
            map=self.open,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_body_size=33 * 2**20,
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            ident="",
        )
        while self.alive and self.ppid == os.getppid():
            self._serve()
        self._finish()

    def _serve(self) -> None:
        """Handle what has arrived; wait for it for at most a second."""
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.open, count=1)

    def _finish(self) -> None:
        """Accept nothing more, and answer the requests that have arrived whole."""
        until = time.monotonic() + self.cfg.graceful_timeout
        for dispatcher in self.open.values():
            dispatcher.accepting = False
        while time.monotonic() < until:
            channels = [found for found in self.open.values() if isinstance(found, HTTPChannel)]
            if not channels:
                return
            for channel in channels:
                if not channel.requests:
                    channel.close_when_flushed = True
            self._serve()
