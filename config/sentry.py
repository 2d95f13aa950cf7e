"""Optional reports of errors to a Sentry server (SENTRY_DSN), without content, cookies and secret links."""

import json
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

from kit.logs import mask, request_id

PARTS_OF_REQUEST = ("method", "url")
"""Parts of the request that an event contains."""


def configure_sentry(dsn: str, **options: Any) -> None:
    """Start to report errors. `options` are those of `sentry_sdk.init()`."""
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,  # the log of the request, which may have content
        auto_session_tracking=False,  # errors only
        before_send=scrub,
        **options,
    )


def scrub(event: Event, hint: Hint) -> Event:
    """Return the event with nothing but method, masked address and identifier of its request."""
    found: dict[str, Any] = dict(event)
    request = found.pop("request", {})
    for name in ("extra", "user", "breadcrumbs"):
        found.pop(name, None)
    found["request"] = {name: request[name] for name in PARTS_OF_REQUEST if name in request}
    found["tags"] = {"request_id": request_id.get()}
    scrubbed: Event = json.loads(json.dumps(_mask_all(found), default=str))
    return scrubbed


def _mask_all(value: Any) -> Any:
    match value:
        case str():
            return mask(value)
        case dict():
            return {key: _mask_all(item) for key, item in value.items()}
        case list() | tuple():
            return [_mask_all(item) for item in value]
    return value
