"""Context processor: what templates may use of office and user, read if they do; the idle limit."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from desk.navigation import get_navigation
from kit.cache import get_edition
from notices.queries import count_unread
from office.access.accounts import get_login_ways
from office.access.second_factor import get_closing_day, is_shut_out
from office.models import Office
from office.words import get_words


def office(request: HttpRequest) -> dict[str, object]:
    # Templates call functions. A lazy object would be remembered as the value of a part, with the request.
    return {
        "office": cache(Office.load),
        "word": cache(get_words),
        "edition": cache(get_edition),
        "navigation": cache(lambda: get_navigation(request)),
        "unread_number": cache(lambda: count_unread(request.user)),
        "login_ways": cache(get_login_ways),
        "closing_day": cache(lambda: request.user.is_authenticated and get_closing_day(request.user)),
        "is_shut_out": cache(lambda: request.user.is_authenticated and is_shut_out(request.user)),
        "searched": request.GET.get("q", ""),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
