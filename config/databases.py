"""The databases: SQLite in the data folder or PostgreSQL, and an optional copy of it for reading."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

type Databases = dict[str, dict[str, Any]]

SCHEMES = ("postgresql://", "postgres://", "sqlite://")
TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
"""Seconds (`tcp_user_timeout`: milliseconds) after which a machine without power or network counts as lost.

Without them, each request waits minutes for it. A query may take longer.
"""


def read_databases(env: Env, folder: Path) -> Databases:
    """Return Django's DATABASES: `default`, and `replica` if REPLICA_URL is set (office/replica.py)."""
    sqlite = f"sqlite:///{folder / 'rembuk.sqlite3'}"
    default = _parse("DATABASE_URL", env.str("DATABASE_URL", default="") or sqlite)
    if default["ENGINE"].endswith("sqlite3"):
        return {"default": default | _sqlite(Path(default["NAME"]), folder)}
    shared = {
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        # Set this behind a pooler in transaction mode, such as PgBouncer.
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DISABLE_SERVER_SIDE_CURSORS", default=False),
    }
    found = {"default": default | shared | {"OPTIONS": TIMEOUTS | default.get("OPTIONS", {})}}
    if url := env.str("REPLICA_URL", default=""):
        copy = _parse("REPLICA_URL", url)
        options = TIMEOUTS | {"connect_timeout": 2} | copy.get("OPTIONS", {})
        found["replica"] = copy | shared | {"OPTIONS": options, "TEST": {"MIRROR": "default"}}
    return found


def _parse(name: str, url: str) -> dict[str, Any]:
    """Return Django's settings of a database. Raise ImproperlyConfigured without the password of the URL."""
    try:
        if not url.startswith(SCHEMES):
            raise ValueError
        return dict(Env.db_url_config(url))
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is no address such as postgresql://rembuk:PASSWORD@host/rembuk. Percent-encode special "
            "characters of the password."
        ) from None


def _sqlite(file: Path, folder: Path) -> dict[str, Any]:
    # SQLite creates its other files with the permissions of this one.
    if not file.exists() and file.parent == folder:
        file.touch(mode=0o600)
    return {
        # With IMMEDIATE, concurrent writers wait (`timeout`, seconds) instead of failing. With FULL, a
        # committed transaction survives a power cut.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
            ),
        },
        # A file, not memory: tests of concurrency open one connection per thread.
        "TEST": {"NAME": folder / "test.sqlite3"},
    }
