"""A mail server of this machine that can have every mood: refuse, hang, or die before or after a message."""

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
MOODS = {
    HEALTHY: "takes the message",
    "closed": "hangs up at once",
    "full": "421 instead of a greeting",
    "busy": "451 to the recipient",
    "no such user": "550 to the recipient",
    "not now": "451 to the message",
    "spam": "554 to the message",
    "hangs early": "says nothing to the recipient",
    "dies early": "hangs up at DATA",
    "hangs late": "takes the message and says nothing",
    "dies late": "takes the message and hangs up",
    "loses it": "hangs up in the middle of the message's end, and has not taken it",
    "rude": "takes the message and answers nonsense to QUIT",
}


@dataclass
class MailServer:
    """`moods` are those of the next connections, one each; after them it is healthy. `taken` is its mail."""

    moods: deque[str] = field(default_factory=deque)
    taken: list[Message] = field(default_factory=list)
    has_a_message: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.taken]


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        with suppress(OSError):  # whoever called did not wait
            self._converse(self.server.post)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _converse(self, post: MailServer) -> None:
        with self.server.lock:
            mood = post.moods.popleft() if post.moods else HEALTHY
        if mood == "closed":
            return
        self._say("421 full" if mood == "full" else "220 stand-in")
        for line in self.rfile:
            command = line.split(b":")[0].strip().upper()
            if command.startswith(b"EHLO"):
                self._say("250 stand-in")
            elif command.startswith(b"RCPT"):
                if mood == "hangs early":
                    post.goes_on.wait()
                    return
                self._say({"busy": "451 later", "no such user": "550 unknown"}.get(mood, "250 ok"))
            elif command == b"DATA":
                if mood == "dies early":
                    return
                self._say("354 go ahead")
                if not self._take(post, mood):
                    return
            elif command == b"QUIT":
                self._say("nonsense" if mood == "rude" else "221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, post: MailServer, mood: str) -> bool:
        """Read a message and answer to it; False where the line is closed afterwards."""
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            body += self.rfile.readline()
        if mood in ("not now", "spam"):
            self._say({"not now": "451 later", "spam": "554 no"}[mood])
            return True
        if mood == "loses it":
            return False
        with self.server.lock:
            post.taken.append(message_from_bytes(body))
        post.has_a_message.set()
        if mood == "hangs late":
            post.goes_on.wait()
        if mood in ("hangs late", "dies late"):
            return False
        self._say("250 taken")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    post: MailServer
    lock: threading.Lock


@contextmanager
def mail_server(moods: Iterable[str] = (), *, timeout: float = 0.3) -> Iterator[MailServer]:
    """Mail goes to this server as long as the block lasts; its senders wait `timeout` seconds at most."""
    post = MailServer(deque(moods))
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.post, server.lock, post.port = post, threading.Lock(), server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            with override_settings(MAILERS={"default": mailer(post.port, timeout)}):
                yield post
        finally:
            post.goes_on.set()
            server.shutdown()
            thread.join()


def mailer(port: int, timeout: float = 0.3) -> dict[str, object]:
    """The setting of a mailer at a port of this machine."""
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    return {"BACKEND": "notices.smtp.EmailBackend", "OPTIONS": options}
