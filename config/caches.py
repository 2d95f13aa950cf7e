"""The caches: one that all processes share, and one for parts of pages in the memory of each process."""

import re
from typing import Any

from environ import Env


def read_caches(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's setting CACHES.

    `default` has rate limits and statistics. Without CACHE_URL it is a table, which a migration of the
    office app creates. The rate limits of the login need an entry per network address; Django's default is
    300 entries.
    """
    url = env.str("CACHE_URL", default="dbcache://rembuk_cache?max_entries=10000")
    shared = env.cache_url_config(re.sub("^valkey", "redis", url))
    if shared["BACKEND"].endswith(".DatabaseCache"):
        shared["BACKEND"] = "config.cache.ReportingDatabaseCache"
    elif shared["BACKEND"].endswith(".RedisCache"):
        shared["BACKEND"] = "config.valkey.ValkeyCache"
    # Parts of pages that are the same for all visitors (`office/edition.py`).
    parts = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {"default": shared, "template_fragments": parts}
