"""Cache backends: the database without its silence about failures, and Valkey (CACHE_URL).

Valkey is shared by all machines. While it is silent, the database replaces it.
"""

import logging
import time
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import Error, IntegrityError, connections, router, transaction
from redis.exceptions import RedisError


class ReportingDatabaseCache(DatabaseCache):
    """Raise the error of a database that does not store an entry.

    Django's cache reports "exists already" instead, which a rate limit takes for too many requests.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        failures: list[Error] = []

        def execute(run: Any, *query: Any) -> Any:
            try:
                return run(*query)
            except IntegrityError:  # another process adds the same entry
                raise
            except Error as error:
                failures.append(error)
                raise

        database = router.db_for_write(self.cache_model_class)
        # The outer transaction raises what fails at commit, such as a full disk.
        with connections[database].execute_wrapper(execute), transaction.atomic(using=database):
            added: bool = super().add(*args, **kwargs)
            if failures:
                raise failures[0]
        return added


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
