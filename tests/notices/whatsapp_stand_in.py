"""Stand-in for the messages endpoint of the WhatsApp Business Cloud API, written from its published pages.

It knows one request (POST {number id}/messages with a template), the token, and the published error answers.
It does not prove that the real service answers like this, or that a template is approved.
"""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.signing.servers import Reply, Request, as_json


def fault(code: int, status: int = 400) -> Reply:
    """An error answer of the service."""
    error = {
        "message": f"(#{code}) something",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "something"},
        "fbtrace_id": "Az8or2yhqkZfEZ",
    }
    return as_json({"error": error}, status)


@dataclass
class CloudStandIn:
    """`instead` holds the answers to the next requests. After them every message is accepted (`received`)."""

    number_id: str = "106540352242922"
    token: str = "sandi-whatsapp"
    instead: deque[Reply] = field(default_factory=deque)
    received: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if self.instead:
            return self.instead.popleft()
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return fault(190, 401)
        if request.path != f"/v23.0/{self.number_id}/messages":
            return fault(100)
        self.received.append(json.loads(request.body))
        number = self.received[-1]["to"]
        contact = {"input": number, "wa_id": number}
        accepted = {"id": f"wamid.{len(self.received)}", "message_status": "accepted"}
        return as_json({"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]})
