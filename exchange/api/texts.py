"""Translated texts in the description of the API, which django-ninja declares as plain strings."""

from typing import cast

from django.utils.translation import gettext_lazy


def describe(text: str) -> str:
    """Return a lazy text. It is translated when the description is written, for its reader."""
    return cast(str, gettext_lazy(text))
