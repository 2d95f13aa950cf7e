"""Checks of the e-mail settings: mail server, sender, and valid addresses."""

from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode


def has_mail_server() -> bool:
    """Return whether mail leaves this machine. The console counts only with DEBUG."""
    backend = settings.MAILERS["default"]["BACKEND"]
    return ".dummy." not in backend and (settings.DEBUG or ".console." not in backend)


def has_sender() -> bool:
    """Return whether DEFAULT_FROM_EMAIL holds a valid address, with or without a name."""
    return is_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def is_address(text: str) -> bool:
    """Return whether this is one e-mail address that every mail server accepts.

    Only ASCII is allowed before the @; the domain may be internationalised.
    """
    name, _at, domain = text.rpartition("@")
    try:
        validate_email(text)
        punycode(domain)
    except (ValidationError, UnicodeError):
        return False
    return name.isascii()
