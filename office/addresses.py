"""Addresses of this site as others read them: on paper, in messages, in QR codes and in links to keep."""

from django.conf import settings
from django.urls import reverse


def public_address(name: str, *args: object) -> str:
    """The whole address of a page, for who opens it outside this site (PUBLIC_URL).

    It is the same on every paper and in every message, by whatever address the office itself uses the site.
    """
    return settings.PUBLIC_URL + reverse(name, args=args)
