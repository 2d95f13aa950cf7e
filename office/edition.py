"""The edition of public pages: it changes with the office's data, and each minute.

A process renders the parts that all visitors share, and computes the free times, once for each edition. Free
times and figures can be a minute old, so services check a time again before they reserve it.
"""

from uuid import uuid4

from django.utils.translation import get_language

from kit import clock
from kit.cache import get_version


def get_edition() -> str:
    """Return the edition in the current language, e.g. `6FD0... 202611240930 id`.

    If nothing may be remembered, each call returns another one.
    """
    return f"{get_version() or uuid4()} {clock.now():%Y%m%d%H%M} {get_language()}"
