"""Requests to other servers, protected against server-side request forgery (SSRF).

Addresses that are not public are refused, so that nobody reaches a machine of the internal network. The check
uses the same addresses as the connection (no second look-up of the name).
"""

import asyncio
import re
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from django.utils.translation import gettext as _
from yarl import URL

from kit import place
from kit.refusal import Refused

NAT64 = ip_network("64:ff9b::/96")
"""Network whose addresses lead to the IPv4 address in their last 32 bits (RFC 6052)."""

GLOBAL_UNICAST = (ip_network("0.0.0.0/0"), ip_network("2000::/3"))
"""Networks that contain all unicast addresses. `is_global` also accepts others, such as fec0::/10."""

SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16")))
"""Networks of protocols and tunnels (Teredo, ORCHID, 6to4). `is_global` accepts some of them."""


class NotReached(Exception):  # noqa: N818
    """The server cannot be reached, does not answer in time, or its answer is too long."""


class AddressError(OSError):
    """The name resolves to an address that is not public."""


NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""Last label of an IPv4 address in another notation, e.g. 2130706433 or 0x7f.1. No domain name ends so."""


def check_url(url: str) -> None:
    """Raise Refused unless the address begins with https and its host is not a private address.

    Hosts in WEBHOOK_NETWORKS may be private and use http. A name is checked when it is looked up.
    """
    host = read_host(url)
    parts = urlsplit(url if host else "")  # it raises ValueError for some addresses without a host
    try:
        is_allowed = _is_allowed(ip_address(host), scheme=parts.scheme)
    except ValueError:
        is_allowed = parts.scheme == "https" or bool(settings.WEBHOOK_NETWORKS)
        is_allowed &= not NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2])
    if parts.scheme not in ("http", "https") or not (host and is_allowed) or parts.username or parts.password:
        raise Refused(
            _("Tulis alamat https yang terbuka di internet, tanpa nama pengguna dan kata sandi."), field="url"
        )


def read_host(url: str) -> str:
    """Return the host as aiohttp reads it: wide digits become those of an address. Empty if it reads none."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def send_request(
    method: str,
    url: str,
    *,
    timeout: float,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    max_bytes: int = 0,
) -> tuple[int, bytes]:
    """Return status and body of the answer. Raise Refused if the address is not allowed, or NotReached.

    `timeout` is in seconds, for connection, request and answer together. Redirects are not followed. Without
    `max_bytes`, the body is not read. On a copy (kit/place.py), all methods but GET raise NotReached.
    """
    check_url(url)
    if method != "GET" and place.is_copy():
        raise NotReached("this is a copy, which sends nothing")
    try:
        return asyncio.run(_send_request(method, url, timeout, body, headers or {}, max_bytes))
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise NotReached(type(error).__name__) from error


async def _send_request(
    method: str, url: str, timeout: float, body: bytes, headers: Mapping[str, str], max_bytes: int
) -> tuple[int, bytes]:
    connector = TCPConnector(resolver=PublicResolver(urlsplit(url).scheme), force_close=True)
    total = ClientTimeout(total=timeout)
    async with (
        ClientSession(connector=connector, timeout=total, cookie_jar=DummyCookieJar()) as session,
        session.request(method, url, data=body or None, headers=headers, allow_redirects=False) as response,
    ):
        content = b""
        while max_bytes and (chunk := await response.content.read(max_bytes + 1 - len(content))):
            content += chunk
            if len(content) > max_bytes:
                raise ValueError("the answer is too long")
        return response.status, content


class PublicResolver(AbstractResolver):
    """Resolve a name. Raise AddressError if one of its addresses is not allowed."""

    def __init__(self, scheme: str) -> None:
        self.scheme, self.system = scheme, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self.system.resolve(host, port, family)
        if not all(_is_allowed(ip_address(each["host"]), scheme=self.scheme) for each in found):
            raise AddressError(f"{host} leads to an address that is not public")
        return found

    async def close(self) -> None:
        await self.system.close()


def is_listed(host: str) -> bool:
    """Return whether the host is an address in WEBHOOK_NETWORKS."""
    try:
        return any(ip_address(host) in ip_network(network) for network in settings.WEBHOOK_NETWORKS)
    except ValueError:
        return False


def _is_allowed(address: IPv4Address | IPv6Address, *, scheme: str) -> bool:
    """Return whether the address is public and the scheme https, or the address is in WEBHOOK_NETWORKS."""
    address = getattr(address, "ipv4_mapped", None) or address
    if is_listed(str(address)):
        return True
    if address in NAT64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    is_public = address.is_global and not address.is_multicast
    is_public &= any(address in network for network in GLOBAL_UNICAST)
    return scheme == "https" and is_public and not any(address in network for network in SPECIAL)
