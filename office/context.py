"""Gives every template the office's profile, read only where a template uses it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from office.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {"office": SimpleLazyObject(Office.load)}
