"""A small stand-in for the messages endpoint of the WhatsApp Business Cloud API.

It knows one question (POST {number id}/messages with a template), a token, and error answers as the service
publishes them. It was written from the published description. It does not prove that the real one words
its answers so, nor that a template is approved, nor how long a message takes.
"""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.signing.servers import Reply, Request

JSON = {"Content-Type": "application/json"}


def as_json(answer: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(answer).encode(), status, JSON)


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
    """`instead` are the answers to the next questions; after them it takes every message (`taken`)."""

    number_id: str = "106540352242922"
    token: str = "sandi-whatsapp"
    instead: deque[Reply] = field(default_factory=deque)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if self.instead:
            return self.instead.popleft()
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return fault(190, 401)
        if request.path != f"/v23.0/{self.number_id}/messages":
            return fault(100)
        question = json.loads(request.body)
        self.taken.append(question)
        number = question["to"]
        return as_json(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": number, "wa_id": number}],
                "messages": [{"id": f"wamid.{len(self.taken)}", "message_status": "accepted"}],
            }
        )
