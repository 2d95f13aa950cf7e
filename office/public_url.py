"""Absolute URLs for use outside the site: documents, messages, QR codes, links to copy."""

from django.conf import settings
from django.urls import reverse


def get_public_url(name: str, *args: object) -> str:
    """Return the absolute URL of a view, based on PUBLIC_URL and not on the host of the request."""
    return settings.PUBLIC_URL + reverse(name, args=args)
