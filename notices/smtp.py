"""E-mail over SMTP that knows whether a message was handed over when the line breaks."""

import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

GO_AHEAD = 354


class NoAnswer(smtplib.SMTPException):
    """The message was handed over, and nothing is known of what became of it."""


class _Attentive:
    """Remembers that the server said "go ahead" and has not answered to the message itself since."""

    unanswered = False

    def getreply(self) -> tuple[int, bytes]:
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        self.unanswered = reply[0] == GO_AHEAD
        return reply


class _SMTP(_Attentive, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Attentive, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own backend; raises NoAnswer where a message may have arrived although sending it failed."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP

    def _send(self, email_message: EmailMessage) -> bool:
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]
        except OSError as error:
            if getattr(self.connection, "unanswered", False):
                raise NoAnswer("no answer after DATA") from error
            raise

    def _close_connection(self, connection: Any) -> None:
        """Say goodbye. What was accepted before stays accepted, however the line is closed."""
        try:
            super()._close_connection(connection)  # type: ignore[misc]
        except OSError:
            connection.close()
