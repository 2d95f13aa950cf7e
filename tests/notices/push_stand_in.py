"""Stand-in for a push service (RFC 8030), and a browser that decrypts what it gets (RFC 8291).

It checks the signature of the office (RFC 8292). It does not prove that the services of Google, Mozilla and
Apple answer like this.
"""

import base64
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid

from tests.signing.servers import Reply, Request


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Browser:
    """A browser with its keys and its address at a push service."""

    def __init__(self, service: str, name: str = "satu") -> None:
        self.private, self.auth = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.values = {"endpoint": f"{service}/{name}", "p256dh": encode(public), "auth": encode(self.auth)}

    def read(self, body: bytes) -> Any:
        return json.loads(http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth))


@dataclass
class PushStandIn:
    """`instead` holds the statuses of the next answers. After them every message is accepted (`received`)."""

    instead: deque[int] = field(default_factory=deque)
    received: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if self.instead:
            return Reply(b"", self.instead.popleft())
        is_signed = Vapid.verify(request.headers["Authorization"])
        assert is_signed, "the push service would answer 403"
        self.received.append(request)
        return Reply(b"", 201)
