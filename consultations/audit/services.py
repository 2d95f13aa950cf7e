"""Write the audit log, with the shortened network address of the client whose request this thread handles."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.utils import translation

from consultations.audit.models import Act
from consultations.enums import Identity, Party
from consultations.models import Case
from consultations.parties import get_title
from kit.cache import get_request
from kit.limits import get_address
from office.models import User

PREFIXES = {4: 24, 6: 48}
"""Bits of an address that are stored: enough to tell networks apart, not households."""


def get_network() -> str:
    """Return the client's network, e.g. `203.0.113.0/24`; empty outside of requests.

    Behind a proxy, the address is found as for the rate limits.
    """
    request = get_request()
    try:
        return shorten(get_address(request)) if request else ""
    except (PermissionDenied, ImproperlyConfigured):  # the server or the proxy gave no address
        return ""


@lru_cache(maxsize=1024)
def shorten(address: str) -> str:
    """Return the network of an address: /24 of IPv4, /48 of IPv6."""
    found = ip_address(address.partition("/")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, PREFIXES[found.version]), strict=False))


MAX_TARGET = 200
"""Characters of a target."""

COLUMNS = ("act", "user_id", "title", "address", "case_id", "target")
INSERT = f"INSERT INTO audit_auditentry ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608
"""The statement of `record()`. The ORM would compile it for each entry. The database fills in the time."""


def record(act: Act, *, by: User | None, case: Case | None = None, target: str = "", title: str = "") -> None:
    """Store one entry with one INSERT, in the transaction of the caller if there is one.

    `by` is None for the holder of the secret link of `case`. The network is not stored if that person
    complained anonymously or in confidence. `title` names another system that acts for `by`.
    """
    is_applicant = by is None and case is not None
    hides_network = is_applicant and case is not None and case.identity != Identity.OPEN
    with translation.override("id"):  # titles go on record
        own = str(Party.APPLICANT.label) if is_applicant else get_title(by, case) if by else ""
    address = "" if hides_network else get_network()
    values = [
        act.value,
        by.pk if by else None,
        title or own,
        address,
        case.pk if case else None,
        target[:MAX_TARGET],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
