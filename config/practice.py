"""A practice office (PRACTICE=true): a second installation for trying Rembuk. It sends nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

SHARED = ("DATABASE_URL", "REPLICA_URL", "STORAGE_URL", "CACHE_URL")
"""Variables that could name what belongs to the real office. A practice office has all in REMBUK_DATA."""

OUTGOING = (
    *("EMAIL_URL", "WHATSAPP", "SIGNER", "SIGNER_TIMESTAMP_URL", "BSRE_URL", "SENTRY_DSN", "OIDC_ISSUER"),
    *("SEAL_PKCS12", "SEAL_PASSPHRASE", "SEAL_RECIPIENTS"),
)
"""Variables that name where something is sent. A practice office ignores them."""


def read_practice(env: Env) -> bool:
    """Return whether this is a practice office, and remove OUTGOING from its environment.

    Raise ImproperlyConfigured if it would share something with another installation.
    """
    if not env.bool("PRACTICE", default=False):
        return False
    if found := [name for name in SHARED if env.ENVIRON.get(name)]:
        raise ImproperlyConfigured(
            f"PRACTICE=true, but {', '.join(found)} is set. A practice office has its database and its files "
            "in a REMBUK_DATA of its own."
        )
    if not env.ENVIRON.get("REMBUK_DATA"):
        raise ImproperlyConfigured("PRACTICE=true needs a REMBUK_DATA of its own.")
    if _holds_real_office(Path(env.ENVIRON["REMBUK_DATA"]) / "rembuk.sqlite3"):
        raise ImproperlyConfigured(
            "PRACTICE=true, but the database in REMBUK_DATA is that of a real office, whose messages would "
            "wait unseen. Name another REMBUK_DATA, or remove PRACTICE."
        )
    for name in OUTGOING:
        env.ENVIRON.pop(name, None)
    return True


def _holds_real_office(path: Path) -> bool:
    """Return whether a database of SQLite has an office or accounts, but no mark of practice (ADR 46)."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:

        def has(table: str, column: str, condition: str = "1") -> bool:
            """Return whether a row meets the condition. Older databases lack the column."""
            found = database.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", [table, column])
            if not found.fetchone():
                return False
            return bool(database.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1").fetchone())  # noqa: S608

        is_practice = has("office_office", "is_practice", "is_practice")
        return not is_practice and (has("office_office", "id") or has("office_user", "id"))
