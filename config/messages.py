"""Messages to the next page, in a cookie with the prefix of the others."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

COOKIE = f"{settings.COOKIE_PREFIX}messages"


class MessageCookie(CookieStorage):
    cookie_name = COOKIE


class MessageStorage(FallbackStorage):
    """Django's default storage: the cookie, and the session if the messages are too long for it."""

    storage_classes = (MessageCookie, SessionStorage)
