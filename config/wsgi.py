"""The WSGI application that the web server loads."""

import os
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse

from django.core.exceptions import SuspiciousOperation
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer 400 if Django refuses a request before its own error handling begins.

    It does so for a query of too many fields together with a charset in Content-Type.
    """
    try:
        return django_application(environ, start_response)
    except SuspiciousOperation:
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"Bad Request"]
