"""The cache in Valkey (CACHE_URL), which all machines share. While it is silent, the database replaces it.

It is apart from the other cache, because an installation without CACHE_URL does not have the library.
"""

import logging
import time
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from config.cache import ReportingDatabaseCache

PAUSE = 10
"""Seconds for which a process asks only the database after a failure, so that nobody waits for Valkey."""

SECONDS = 1
"""Seconds to wait for a connection, and for each answer."""

METHODS = (
    *("add", "get", "set", "touch", "delete", "get_many", "has_key"),
    *("incr", "set_many", "delete_many", "clear"),
)

logger = logging.getLogger(__name__)


class ValkeyCache(RedisCache):
    """Django's Redis cache. If Valkey fails, the table of the database cache is used instead.

    No page fails then. Rate limits count from the entries of the table, which are those of an earlier failure
    or none.
    """

    silent_until = 0.0
    """Moment of the monotonic clock, for all threads of the process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        timeouts = {"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS}
        super().__init__(server, params | {"OPTIONS": timeouts | params.get("OPTIONS", {})})
        self.table = ReportingDatabaseCache("rembuk_cache", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def ask(self) -> None:
        """Raise RedisError unless Valkey itself answers."""
        RedisCache.get(self, "health")


def _with_table(name: str) -> Any:
    method = getattr(RedisCache, name)

    def call(self: ValkeyCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= ValkeyCache.silent_until:
            try:
                return method(self, *args, **kwargs)
            except RedisError as error:
                logger.error("the cache in Valkey failed, the database replaces it: %s", error)
                ValkeyCache.silent_until = time.monotonic() + PAUSE
        return getattr(self.table, name)(*args, **kwargs)

    return call


for _name in METHODS:
    setattr(ValkeyCache, _name, _with_table(_name))
