"""Whether mail can leave the office at all: by what the environment says of its server and its sender."""

from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode


def reaches_nobody() -> bool:
    """Whether mail would go nowhere, as without EMAIL_URL. Only who debugs reads the console."""
    backend = settings.MAILERS["default"]["BACKEND"]
    return ".dummy." in backend or (".console." in backend and not settings.DEBUG)


def has_sender() -> bool:
    """Whether DEFAULT_FROM_EMAIL names an address, with a name before it or without."""
    return is_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def is_address(text: str) -> bool:
    """Whether this is one e-mail address and nothing else, in letters that every mail server takes.

    Of what looks like an A-Z only an A-Z is one before the @; behind it other letters have a usual form.
    """
    name, _at, domain = text.rpartition("@")
    try:
        validate_email(text)
        punycode(domain)
    except (ValidationError, UnicodeError):
        return False
    return name.isascii()
