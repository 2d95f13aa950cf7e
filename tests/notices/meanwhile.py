"""A mail backend with which something else happens while a message is on its way."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    def __init__(self, *, happens: Callable[[], object], fault: Exception | None, **options: Any) -> None:
        super().__init__(**options)
        self.happens, self.fault = happens, fault

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.happens()
        if self.fault:
            raise self.fault
        return len(email_messages)


def mailers(happens: Callable[[], object], fault: Exception | None = None) -> dict[str, Any]:
    """The setting with which `happens` is called, and then the message is taken, or the fault comes."""
    options = {"happens": happens, "fault": fault}
    return {"default": {"BACKEND": "tests.notices.meanwhile.EmailBackend", "OPTIONS": options}}
