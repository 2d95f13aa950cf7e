"""Write to the database past its triggers, as a superuser could."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def without_triggers() -> Iterator[Any]:
    """Yield a cursor with the rights of a database superuser: no trigger fires.

    PostgreSQL checks no foreign key either. SQLite checks them when the transaction is committed.
    """
    with connection.cursor() as cursor:
        switch_triggers(cursor, on=False)
        try:
            yield cursor
        finally:
            switch_triggers(cursor, on=True)


def switch_triggers(cursor: Any, *, on: bool) -> None:
    """Switch the triggers of this connection on or off."""
    if connection.vendor == "sqlite":
        connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, on)
    else:
        cursor.execute(f"SET session_replication_role = {'origin' if on else 'replica'}")
