"""The office's time zone. Moments are stored in UTC; the zone decides how they are shown and which day it is.

`ZoneMiddleware` activates it for a request, and `in_office` for a task, a job of the scheduler or a command
(ADR 42).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from kit.cache import caching_per_request
from office.models import Office


def get_zone() -> ZoneInfo:
    """Return the time zone of the office."""
    return ZoneInfo(Office.load().zone)


@contextmanager
def in_office() -> Iterator[None]:
    """Run a block in the office's time zone. The block reads the version of cached data at most once."""
    with caching_per_request(), timezone.override(get_zone()):
        yield


class ZoneMiddleware:
    """Show and read moments of a request in the office's time zone.

    The zone is read after the account, whose query also reads the version of cached data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        timezone.activate(get_zone())
