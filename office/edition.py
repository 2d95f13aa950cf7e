"""The edition of what all visitors see: it changes with the office's data, and each minute.

Parts of public pages and the free times are kept for one edition in the memory of a process. What may be a
minute old is only shown: services check again.
"""

from uuid import uuid4

from django.utils.translation import get_language

from office import clock
from office.remembered import get_stamp


def get_edition() -> str:
    """Return the edition in the current language, e.g. `6FD0... 202611240930 id`.

    If nothing may be remembered, each call returns another one.
    """
    return f"{get_stamp() or uuid4()} {clock.now():%Y%m%d%H%M} {get_language()}"
