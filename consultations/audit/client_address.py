"""The shortened network address of the client whose request this thread handles."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.core.exceptions import ImproperlyConfigured, PermissionDenied

from kit.cache import get_request
from kit.limits import get_address

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
