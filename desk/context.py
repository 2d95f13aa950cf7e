"""Context processor: office, edition, navigation, number of unread notices, all read on use; idle limit."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk.navigation import get_navigation
from notices.queries import count_unread
from office.edition import get_edition
from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {
        "office": SimpleLazyObject(Office.load),
        "edition": SimpleLazyObject(get_edition),
        "navigation": SimpleLazyObject(lambda: get_navigation(request)),
        "unread_number": SimpleLazyObject(lambda: count_unread(request.user)),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
