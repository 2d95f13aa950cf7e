"""The world of the tests: what the services made of it is written again, instead of calling them again.

The clock of each test stands on one Monday at ten, so a step that follows the same steps writes the same
rows. The first call of `repeat` lets the real services take the step and keeps their statements. Later
calls in this process execute them: triggers, constraints and the search index work as always. Two steps are
the same if the test has written nothing but other kept steps, under the same clock, language, settings and
keys. Tests with several connections, and PostgreSQL, never repeat.

The rows of all cases are not in the template of the database: each list of a test would show them.
"""

import datetime as dt
import os
import pickle
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.core.signals import setting_changed
from django.db import connection, transaction
from django.dispatch import receiver
from django.test import TestCase
from django.utils import timezone, translation

from kit import clock

MOMENT = dt.datetime.fromisoformat(
    os.environ.get("REMBUK_TEST_MOMENT", "2026-09-07T10:00:30+07:00")
).astimezone(dt.UTC)
"""A Monday at ten, far from holidays. The half minute is for people, who type minutes."""

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")

type Statement = tuple[str, Any, bool]
"""SQL with its parameters, and whether they are many."""

type Recording = tuple[list[Statement], list[Callable[[], None]], bytes]


class World:
    """The kept steps of this process, and what is known of the rows of the present test."""

    kept: ClassVar[dict[object, Recording]] = {}
    steps: tuple[object, ...] = ()
    changes = -1


now = World()
settings_of_test: dict[str, str] = {}


@receiver(setting_changed)
def note_setting(setting: str, value: Any, enter: bool, **kwargs: Any) -> None:
    """Remember what the test overrides: a service may read it."""
    if setting == "MEDIA_ROOT":  # each test has its own folder, and no row holds its path
        return
    if enter:
        settings_of_test[setting] = repr(value)
    else:
        settings_of_test.pop(setting, None)


def count_changes() -> int:
    """Return the number of rows that this connection has changed since it was opened."""
    connection.ensure_connection()
    return int(connection.connection.total_changes)


def begin() -> None:
    """Note that the rows of this test are those of an empty database."""
    if connection.vendor == "sqlite":
        now.steps, now.changes = (), count_changes()


def repeat[T](step: object, make: Callable[[], T]) -> T:
    """Return what `make` returns, with what it writes; `step` names it and all its arguments."""
    if connection.vendor != "sqlite" or not connection.in_atomic_block or count_changes() != now.changes:
        return make()
    key = (step, now.steps, *read_situation())
    if key in now.kept:
        statements, callbacks, made = now.kept[key]
        with connection.cursor() as cursor:
            for sql, parameters, many in statements:
                (cursor.executemany if many else cursor.execute)(sql, parameters)
        for callback in callbacks:
            transaction.on_commit(callback)
        result: T = pickle.loads(made)  # noqa: S301 -- of this process
    else:
        statements, is_complete = [], True

        def record(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            nonlocal is_complete
            is_complete &= not sql.startswith("ROLLBACK")
            is_complete &= "'NOW'" not in sql  # the clock of the database does not stand
            parameters = [*parameters] if many else parameters
            if sql.startswith(WRITES):
                statements.append((sql, parameters, many))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(record), TestCase.captureOnCommitCallbacks() as callbacks:
            result = make()
        if is_complete:
            now.kept[key] = (statements, callbacks, pickle.dumps(result))
    now.steps, now.changes = (*key[1], step), count_changes()  # type: ignore[misc]
    return result


def read_situation() -> tuple[object, ...]:
    """Return all but the test's own rows that decides what the services write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        sequences = tuple(cursor.fetchall())
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.ENCRYPTION_KEYS)
    zone = timezone.get_current_timezone_name()
    overridden = tuple(sorted(settings_of_test.items()))
    return sequences, keys, overridden, translation.get_language(), zone, clock.now()


@contextmanager
def unnoticed() -> Any:
    """Write rows, such as sessions, that make no difference to a step."""
    is_known = connection.vendor == "sqlite" and count_changes() == now.changes
    yield
    if is_known:
        now.changes = count_changes()


@contextmanager
def undone() -> Any:
    """Undo what is written to the database inside. Later steps are repeated as if it had not been."""
    is_known = connection.vendor == "sqlite" and count_changes() == now.changes
    steps, before = now.steps, transaction.savepoint_create()
    try:
        yield
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(before)
        now.steps, now.changes = steps, count_changes() if is_known else -1
