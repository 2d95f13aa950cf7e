"""Send one announcement over HTTPS, signed by the convention of Standard Webhooks.

Addresses that are not public are refused, so that nobody uses a webhook to reach machines inside. The check
is made with the addresses that the connection then uses (no second look-up of the name).
"""

import asyncio
import datetime as dt
import json
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from django.utils.translation import gettext as _
from standardwebhooks import Webhook
from yarl import URL

from kit import clock
from kit.outbox import NotSent
from kit.refusal import Refused

TIMEOUT = 10
"""Seconds for connection, request and answer together."""

HOLDING_IPV4 = (ip_network("::/96"), ip_network("64:ff9b::/96"))
"""Networks whose addresses lead to the IPv4 address in their last 32 bits (RFC 4291, NAT64)."""


class NotAccepted(NotSent):
    """The receiver did not accept the announcement. The message is a sentence for the office."""


class NoAnswer(NotAccepted):
    """The receiver cannot be reached, or does not answer in time: nothing else is sent to it for a while."""


class Gone(NotAccepted):
    """The receiver wants no announcements any more (status 410)."""


class AddressError(OSError):
    """The name leads to an address that is not public."""


def check_url(url: str) -> None:
    """Raise Refused unless the address begins with https and its host is not a private address.

    Hosts in WEBHOOK_NETWORKS may be private and use http. A name is checked when it is looked up.
    """
    host = _read_host(url)
    parts = urlsplit(url if host else "")  # it raises ValueError for some addresses without a host
    try:
        is_allowed = _is_allowed(ip_address(host), scheme=parts.scheme)
    except ValueError:
        is_allowed = parts.scheme == "https" or bool(settings.WEBHOOK_NETWORKS)
    if parts.scheme not in ("http", "https") or not (host and is_allowed) or parts.username or parts.password:
        raise Refused(
            _("Tulis alamat https yang terbuka di internet, tanpa nama pengguna dan kata sandi."), field="url"
        )


def _read_host(url: str) -> str:
    """Return the host as aiohttp reads it: wide digits become those of an address. Empty if it reads none."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def post(url: str, *, key: str, payload: Mapping[str, Any], secret: str) -> None:
    """Send an announcement. Raise NotAccepted unless the receiver answers with status 2xx in time.

    Redirects are not followed, and the body of the answer is not read.
    """
    body, at = json.dumps(payload, separators=(",", ":")), clock.now().astimezone(dt.UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Rembuk",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body),
    }
    try:
        check_url(url)
        status = asyncio.run(_post(url, body.encode(), headers))
    except Refused as refusal:
        raise NotAccepted(str(refusal)) from refusal
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise NoAnswer(_("Penerima tidak dapat dihubungi atau tidak menjawab.")) from error
    if status == 410:
        raise Gone(_("Penerima menjawab bahwa alamat ini tidak dipakai lagi (410)."))
    if not 200 <= status < 300:
        raise NotAccepted(_("Penerima menjawab dengan status %(status)s.") % {"status": status})


async def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Return the status of the answer."""
    connector = TCPConnector(resolver=PublicResolver(urlsplit(url).scheme), force_close=True)
    async with (
        ClientSession(
            connector=connector, timeout=ClientTimeout(total=TIMEOUT), cookie_jar=DummyCookieJar()
        ) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as response,
    ):
        return response.status


class PublicResolver(AbstractResolver):
    """Look up a name, and refuse it if one of its addresses is not allowed."""

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


def _is_allowed(address: IPv4Address | IPv6Address, *, scheme: str) -> bool:
    """Return whether the address is public and asked by https, or in one of WEBHOOK_NETWORKS."""
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in ip_network(network) for network in settings.WEBHOOK_NETWORKS):
        return True
    if any(address in network for network in HOLDING_IPV4):
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    return scheme == "https" and address.is_global and not address.is_multicast
