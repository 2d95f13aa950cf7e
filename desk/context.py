"""Context processor: office profile and navigation, loaded if a template uses them; the idle limit."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk.navigation import links
from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {
        "office": SimpleLazyObject(Office.load),
        "navigation": SimpleLazyObject(lambda: links(request)),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
