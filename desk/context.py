"""Context processor: office profile, navigation and bell, loaded if a template uses them; the idle limit."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk.navigation import get_navigation
from notices.queries import get_bell
from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {
        "office": SimpleLazyObject(Office.load),
        "navigation": SimpleLazyObject(lambda: get_navigation(request)),
        "bell": SimpleLazyObject(lambda: get_bell(request.user)),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }
