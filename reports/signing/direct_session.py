"""HTTP session for time stamps, certificates and revocation lists. It follows no redirect (ASVS 15.3.2)."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import certifi
from aiohttp import ClientError, ClientSession, TCPConnector, TraceConfig, TraceRequestRedirectParams


@asynccontextmanager
async def direct_session() -> AsyncIterator[ClientSession]:
    """Yield a session that raises ClientError if a server answers with a redirect."""
    trace = TraceConfig()
    trace.on_request_redirect.append(_refuse)
    tls = ssl.create_default_context(cafile=certifi.where())
    async with ClientSession(connector=TCPConnector(ssl=tls), trace_configs=[trace]) as session:
        yield session


async def _refuse(
    session: ClientSession, _context: SimpleNamespace, asked: TraceRequestRedirectParams
) -> None:
    raise ClientError(f"{asked.url} answers with a redirect")
