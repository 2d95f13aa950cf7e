"""Local SMTP server that can refuse, hang, or disconnect before or after it has received a message."""

import socketserver
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from django.test import override_settings

HEALTHY = "healthy"
"""The behaviour of a server that accepts each message. `RESULTS` of test_delivery.py has the others."""


@dataclass
class MailServer:
    """Server state: the behaviour of each next connection (then healthy), and the mail `received`."""

    behaviours: deque[str] = field(default_factory=deque)
    received: list[Message] = field(default_factory=list)
    has_message: threading.Event = field(default_factory=threading.Event)
    stops: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.received]


class _Connection(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        with suppress(OSError):  # the client has disconnected
            self._converse(self.server.state)

    def _answer(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _converse(self, state: MailServer) -> None:
        with self.server.lock:
            behaviour = state.behaviours.popleft() if state.behaviours else HEALTHY
        if behaviour == "closed":
            return
        self._answer("421 full" if behaviour == "full" else "220 stand-in")
        for line in self.rfile:
            command = line.split(b":")[0].strip().upper()
            if command.startswith(b"EHLO"):
                self._answer("250 stand-in")
            elif command.startswith(b"RCPT"):
                if behaviour == "hangs early":
                    state.stops.wait()
                    return
                self._answer({"busy": "451 later", "no such user": "550 unknown"}.get(behaviour, "250 ok"))
            elif command == b"DATA":
                if behaviour == "dies early":
                    return
                self._answer("354 go ahead")
                if not self._receive(state, behaviour):
                    return
            elif command == b"QUIT":
                self._answer("nonsense" if behaviour == "rude" else "221 bye")
                return
            else:
                self._answer("250 ok")

    def _receive(self, state: MailServer, behaviour: str) -> bool:
        """Read a message and answer. Return False if the connection closes without an answer."""
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            body += self.rfile.readline()
        if behaviour in ("not now", "spam"):
            self._answer({"not now": "451 later", "spam": "554 no"}[behaviour])
            return True
        if behaviour == "loses it":
            return False
        with self.server.lock:
            state.received.append(message_from_bytes(body))
        state.has_message.set()
        if behaviour == "hangs late":
            state.stops.wait()
        if behaviour in ("hangs late", "dies late"):
            return False
        self._answer("250 accepted")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    state: MailServer
    lock: threading.Lock


@contextmanager
def mail_server(behaviours: Iterable[str] = ()) -> Iterator[MailServer]:
    """Run a server that receives all mail."""
    state = MailServer(deque(behaviours))
    timeout = 0.3 if any(behaviour.startswith("hangs") for behaviour in state.behaviours) else 20
    with _Server(("127.0.0.1", 0), _Connection) as server:
        server.state, server.lock, state.port = state, threading.Lock(), server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            with override_settings(MAILERS={"default": mailer(state.port, timeout)}):
                yield state
        finally:
            state.stops.set()
            server.shutdown()
            thread.join()


def mailer(port: int, timeout: float) -> dict[str, object]:
    """Return the setting of a mailer for a local port. It waits `timeout` seconds for each answer."""
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
