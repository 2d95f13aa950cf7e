"""Replays what a call wrote in an earlier test, instead of making the call again.

A call is replayed if everything that it depends on is the same: its arguments, clock, language and settings,
and all rows that its test has written before. Replayed rows are at most MAX_AGE seconds old.
"""

import os
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.db.models import Model
from django.tasks import default_task_backend
from django.utils import translation

from office import clock

MAX_AGE = float(os.environ.get("REPLAY_SECONDS", "600"))
READS = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE")
RESTART = {
    "sqlite": "DELETE FROM sqlite_sequence",
    "postgresql": "SELECT setval(oid::regclass, 1, false) FROM pg_class "
    "WHERE relkind = 'S' AND relname !~ '^(django|auth)_'",
}
"""SQL that lets every table count its keys from 1, so that the same call gives the same keys."""


@dataclass
class Call:
    """One call: its writes and its result. `rows` identifies all rows of the test after it."""

    made_at: float
    rows: int
    writes: list[tuple[str, Any, bool]]
    on_commit: list[Any]
    tasks: list[Any]
    files: dict[Path, bytes]
    outcome: bytes

    def repeat(self, arguments: tuple[Any, ...]) -> Any:
        """Write the same, change the arguments in the same way, and return the result."""
        with connection.cursor() as cursor:
            for sql, params, many in self.writes:
                (cursor.executemany if many else cursor.execute)(sql, params)
        connection.run_on_commit += [({*connection.savepoint_ids}, *rest) for _ids, *rest in self.on_commit]
        default_task_backend.results += self.tasks
        for name, content in self.files.items():
            file = settings.MEDIA_ROOT / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        result, changed = pickle.loads(self.outcome)  # noqa: S301 -- written below
        for mine, theirs in zip(arguments, changed, strict=True):
            if isinstance(mine, Model) or is_dataclass(mine):
                vars(mine).update(vars(theirs))
        return result


class Recorder:
    """Records all writes of a test. `rows` identifies its rows, or is None if they cannot be repeated."""

    def __init__(self) -> None:
        self.rows: int | None = 0
        self.writes: list[tuple[str, Any, bool]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("ROLLBACK"):
            self.rows = None
        elif not sql.startswith(READS):
            self.writes.append((sql, params, many))
            if self.rows is not None:
                self.rows = hash((self.rows, sql, repr(params)))
        return result


_calls: dict[Any, Call] = {}
_recorder: Recorder | None = None


@contextmanager
def recorded() -> Iterator[None]:
    """Replay calls within the block, which is the transaction of a test."""
    global _recorder
    # No transaction: other connections write too. An outer one: its rows are unknown here.
    if not connection.in_atomic_block or connection.savepoint_ids:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(RESTART[connection.vendor])
    _recorder = Recorder()
    with connection.execute_wrapper(_recorder):
        yield
    _recorder = None


def replayed[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Replay the calls of a function that changes the database, files and its arguments, and nothing else."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        recorder = _recorder
        if recorder is None or recorder.rows is None:
            return function(*args, **kwargs)
        moment = clock._set_to.get() or clock.today()
        surroundings = moment, translation.get_language(), list_settings()
        key = function, recorder.rows, surroundings, repr(describe((args, kwargs)))
        known = _calls.get(key)
        if known and time.monotonic() - known.made_at < MAX_AGE:
            result = known.repeat(args)
            recorder.rows = known.rows
            return result
        grown = recorder.writes, connection.run_on_commit, default_task_backend.results
        before, files = [len(each) for each in grown], list_files()
        result = function(*args, **kwargs)
        if recorder.rows is not None:
            new = {name: file.read_bytes() for name, file in list_files().items() if name not in files}
            lists = [each[start:] for each, start in zip(grown, before, strict=True)]
            _calls[key] = Call(time.monotonic(), recorder.rows, *lists, new, pickle.dumps((result, args)))
        return result

    return call


def list_files() -> dict[Path, Path]:
    """Return the files of the test by name."""
    root = settings.MEDIA_ROOT
    return {file.relative_to(root): file for file in root.rglob("*") if file.is_file()}


def list_settings() -> str:
    """Return the settings that the test has changed, except the folder of its files."""
    found, holder = {}, settings._wrapped  # type: ignore[misc]
    while isinstance(holder, UserSettingsHolder):
        found = {**vars(holder), **found}
        holder = holder.default_settings  # type: ignore[assignment]
    return repr([(name, found[name]) for name in sorted(found) if name.isupper() and name != "MEDIA_ROOT"])


def describe(value: Any) -> Any:
    """Return what identifies an argument: for a row its key."""
    if isinstance(value, Model):
        return value._meta.label, value.pk
    if isinstance(value, dict):
        return {name: describe(each) for name, each in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [describe(each) for each in value]
    return describe(vars(value)) if is_dataclass(value) else value
