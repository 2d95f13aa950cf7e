"""Context processor: the office's profile and the navigation, loaded if a template uses them."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk.navigation import links
from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {
        "office": SimpleLazyObject(Office.load),
        "navigation": SimpleLazyObject(lambda: links(request)),
    }
