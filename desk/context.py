"""Context processor: office, edition, navigation, unread notices, if a template uses them; idle limit."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from desk.navigation import get_navigation
from notices.queries import count_unread
from office.edition import get_edition
from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    # Templates call functions. A lazy object would be remembered as the value of a part, with the request.
    return {
        "office": cache(Office.load),
        "edition": cache(get_edition),
        "navigation": cache(lambda: get_navigation(request)),
        "unread_number": cache(lambda: count_unread(request.user)),
        "searched": request.GET.get("q", ""),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
