"""Mail backend that runs a function during the transfer of a message, and may then fail."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    def __init__(self, *, function: Callable[[], object], error: Exception | None, **options: Any) -> None:
        super().__init__(**options)
        self.function, self.error = function, error

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.function()
        if self.error:
            raise self.error
        return len(email_messages)


def mailers(function: Callable[[], object], error: Exception | None = None) -> dict[str, Any]:
    """Return the setting MAILERS for this backend."""
    options = {"function": function, "error": error}
    return {"default": {"BACKEND": "tests.notices.intercepting_mail.EmailBackend", "OPTIONS": options}}
