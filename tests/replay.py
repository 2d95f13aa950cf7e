"""Replays what a call wrote in an earlier test, instead of making the call again.

A call is replayed if everything that it depends on is the same: its arguments, clock, language and settings,
and all rows that its test has written before. Replayed rows are up to MAX_AGE seconds old.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
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

MAX_AGE = int(os.environ.get("MAXAGE", "600"))
READS = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE")
RESTART = {
    "sqlite": "DELETE FROM sqlite_sequence",
    "postgresql": "SELECT setval(oid::regclass, 1, false) FROM pg_class "
    "WHERE relkind = 'S' AND relname !~ '^(django|auth)_'",
}
"""SQL that lets every table count its keys from 1, so that the same call gives the same keys."""
STATS: dict = {}
import atexit
atexit.register(lambda: print("STATS", STATS, len(_calls), file=open("/tmp/suite/stats", "a")))


@dataclass
class Call:
    """What a call wrote and returned. `rows` identifies all rows of the test after it."""

    made_at: float
    writes: list[tuple[str, Any, bool]]
    on_commit: list[Any]
    tasks: list[Any]
    files: dict[Path, bytes]
    outcome: tuple[Any, Any]
    rows: int


class Recorder:
    """Records all writes of a test. `rows` identifies its rows, or is None if they cannot be repeated."""

    def __init__(self) -> None:
        self.writes: list[tuple[str, Any, bool]] = []
        self.rows: int | None = 0

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
    if os.environ.get("NOREPLAY") or not connection.in_atomic_block or connection.savepoint_ids:
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
        key = function, recorder.rows, repr(describe((args, kwargs))), surroundings
        known = _calls.get(key)
        e = STATS.setdefault((function.__name__, bool(known)), [0, 0.0])
        t0 = time.process_time()
        if known and time.monotonic() - known.made_at < MAX_AGE:
            result = repeat(known, args)
            e[0] += 1; e[1] += time.process_time() - t0
            return result
        before = [len(each) for each in (recorder.writes, connection.run_on_commit, default_task_backend.results)]
        files = list_files().keys()
        result = function(*args, **kwargs)
        e[0] += 1; e[1] += time.process_time() - t0
        if recorder.rows is not None:
            _calls[key] = Call(
                time.monotonic(),
                recorder.writes[before[0] :],
                connection.run_on_commit[before[1] :],
                default_task_backend.results[before[2] :],
                {file: content.read_bytes() for file, content in list_files().items() if file not in files},
                deepcopy((result, args)),
                recorder.rows,
            )
        return result

    def repeat(known: Call, args: Any) -> R:
        with connection.cursor() as cursor:
            for sql, params, many in known.writes:
                (cursor.executemany if many else cursor.execute)(sql, params)
        _recorder.rows = known.rows
        connection.run_on_commit += [({*connection.savepoint_ids}, *rest) for _ids, *rest in known.on_commit]
        default_task_backend.results += known.tasks
        for name, content in known.files.items():
            file = settings.MEDIA_ROOT / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        result, changed = deepcopy(known.outcome)
        for mine, theirs in zip(args, changed, strict=True):
            if hasattr(mine, "__dict__"):
                vars(mine).update(vars(theirs))
        return result

    return call


def list_files() -> dict[Path, Path]:
    """Return the files of the test by name."""
    root = settings.MEDIA_ROOT
    return {file.relative_to(root): file for file in root.rglob("*") if file.is_file()}


def list_settings() -> str:
    """Return the settings that the test has changed, except the folder of its files."""
    found, holder = {}, settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        found = {**vars(holder), **found}
        holder = holder.default_settings
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
