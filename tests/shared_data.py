"""Try the rows of a table in turn on the same office and staff: one test, with a sub-test for each row."""

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client

from tests import world
from tests.factories import Staff

type Test = Callable[..., None]


def each(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Call a test with each row of values in turn, and undo what it wrote.

    It is written like `pytest.mark.parametrize`, but the fixtures are made once. Each row gets copies of the
    records among them, and a new client. Stacked, all combinations are tried. It is no use for tests that
    commit, or that change settings.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    listed = [row if len(keys) > 1 else (row,) for row in rows]
    if not listed:
        raise ValueError(f"no rows of {', '.join(keys)}: the test would try nothing")

    def decorate(test: Test) -> Test:
        inner: Test = getattr(test, "inner", test)
        tables = [[dict(zip(keys, row, strict=True)) for row in listed], *getattr(test, "tables", [])]

        @functools.wraps(inner)
        def run(subtests: pytest.Subtests, **fixtures: Any) -> None:
            for combined in itertools.product(*tables):
                values = {name: value for row in combined for name, value in row.items()}
                with subtests.test(", ".join(f"{name}={value!s:.60}" for name, value in values.items())):
                    call_and_undo(inner, {**fixtures, **({"subtests": subtests} if nested else {})}, values)

        given = {name for table in tables for name in table[0]}
        parameters = inspect.signature(inner).parameters
        nested = "subtests" in parameters
        wanted = [p for p in parameters.values() if p.name not in given | {"subtests"}]
        own = inspect.Parameter("subtests", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        run.__signature__ = inspect.Signature([own, *wanted])  # type: ignore[attr-defined]
        run.inner, run.tables = inner, tables  # type: ignore[attr-defined]
        return run

    return decorate


def call_and_undo(test: Test, fixtures: dict[str, Any], values: dict[str, Any]) -> None:
    """Call a test with copies of the records among its fixtures. Undo what it writes to the database."""
    records = {n: value for n, value in fixtures.items() if isinstance(value, (Model, Staff))}
    clients = {n: Client() for n, value in fixtures.items() if type(value) is Client and not value.cookies}
    if not connection.in_atomic_block:  # a test without the database
        test(**fixtures, **values)
        return
    with world.undone():
        test(**{**fixtures, **deepcopy(records), **clients}, **values)
