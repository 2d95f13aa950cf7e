"""The database, which DATABASE_URL names, and its optional copy, which REPLICA_URL names."""

from pathlib import Path
from typing import Any

from environ import Env


def read_databases(env: Env, folder: Path) -> dict[str, dict[str, Any]]:
    """Return Django's setting DATABASES. Without DATABASE_URL it is SQLite in `folder`."""
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{folder / 'rembuk.sqlite3'}")
    database["TEST"] = {}
    if database["ENGINE"].endswith("sqlite3"):
        _prepare_sqlite(database, folder)
    else:
        database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        database["CONN_HEALTH_CHECKS"] = True
        # Seconds. Without it, each request waits minutes for a database machine that does not answer.
        database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
        # Set this behind a pooler in transaction mode, such as PgBouncer.
        without_cursors = env.bool("DISABLE_SERVER_SIDE_CURSORS", default=False)
        database["DISABLE_SERVER_SIDE_CURSORS"] = without_cursors
    address = env.str("REPLICA_URL", default="")
    return {"default": database} | ({"replica": _copy(env, address, database)} if address else {})


def _prepare_sqlite(database: dict[str, Any], folder: Path) -> None:
    # SQLite creates its other files with the permissions of this one.
    if not (file := Path(database["NAME"])).exists() and file.parent == folder:
        file.touch(mode=0o600)
    # With IMMEDIATE, concurrent writers wait (`timeout`, seconds) instead of failing. With FULL, a committed
    # transaction survives a power cut.
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
        ),
    }
    # A file, not memory: tests of concurrency open one connection per thread.
    database["TEST"]["NAME"] = folder / "test.sqlite3"


def _copy(env: Env, address: str, database: dict[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = env.db_url_config(address)
    return copy | {
        "CONN_MAX_AGE": database.get("CONN_MAX_AGE", 0),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 2} | copy.get("OPTIONS", {}),
        "DISABLE_SERVER_SIDE_CURSORS": database.get("DISABLE_SERVER_SIDE_CURSORS", False),
        "TEST": {"MIRROR": "default"},
    }
