"""Sessions of test clients. Django's `force_login` takes the key of a session for its cookie."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from office.access.sessions import HashedKey, SessionStore
from office.models import User


def log_in(client: Client, user: User) -> None:
    """Give a client the session of a user who has logged in."""
    request = HttpRequest()
    request.session = session_of(client)
    login(request, user, "office.access.accounts.StaffBackend")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key.cookie  # type: ignore[union-attr]


def session_of(client: Client) -> SessionStore:
    """Return the session of a client, or an empty one."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return SessionStore(HashedKey(cookie.value) if cookie and cookie.value else None)
