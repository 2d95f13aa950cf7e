"""Absolute URLs for use outside the site, and URL converters.

A code or secret that the converters do not match gets 404 without a database query.
"""

from django.conf import settings
from django.urls import reverse
from django.urls.converters import StringConverter


def get_public_url(name: str, *args: object) -> str:
    """Return the absolute URL of a view, based on PUBLIC_URL and not on the host of the request."""
    return settings.PUBLIC_URL + reverse(name, args=args)


class CodeConverter(StringConverter):
    """A tracking code (kode lacak), e.g. `7K3M-9Q2X`."""

    regex = "[0-9A-Z]{4}-[0-9A-Z]{4}"


class SecretConverter(StringConverter):
    """The secret of a link that opens a page without login, or a signed key valid for some hours (`~...`)."""

    regex = "[0-9A-Za-z_-]{32}|~[0-9A-Za-z_.:-]{20,250}"
