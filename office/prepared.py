"""Compile a queryset once in a process, and read it for each reader with other values.

Django needs milliseconds to build a query with the rights of a user, longer than the database to answer it.
The SQL depends on the positions that the user holds. All else is values: the key of the user, the present
moment, and dates. `prepared` builds the queryset with other values in their place, and remembers the SQL and
where they appear in its parameters.
"""

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from office import clock
from office.models import Appointment, Division, Position, User

MAX_PLANS = 256
"""Queries that a function remembers: one for each combination of positions that one user holds."""

ANYBODY = 1_999_000_000
"""Primary key of the user in a queryset before it is replaced by the key of the reader."""

SOMETIME = dt.datetime(3999, 7, 1, 5, tzinfo=dt.UTC)
"""Present moment in a queryset before it is replaced. All other replaced moments are in years before."""

COMPUTED = re.compile(r"39\d\d[-/]|1999\d{6}")
"""Part of a parameter that `build` has computed from a value that will be replaced."""

type Held = Sequence[tuple[str, int | None]]
"""Role and division of each position that a user holds."""

type Value = int | str | dt.datetime | dt.date


def prepared[**P](
    build: Callable[Concatenate[User, P], QuerySet[Any, Any]],
) -> Callable[Concatenate[User, P], list[Any]]:
    """Return a function that reads the rows of the queryset that `build` returns.

    `build` gets a user who has nothing but a key, and the roles and divisions of the current positions. It
    uses nothing else that changes but `clock.now()`, `clock.today()` and its keyword arguments: keys, texts,
    dates, moments. Each is a parameter of its own: TypeError for one that is computed from it. The
    positional arguments are part of the SQL.
    """
    plans: dict[Hashable, _Plan] = {}

    @wraps(build)
    def read(user: User, *fixed: Any, **values: Any) -> list[Any]:
        held = tuple((held.position.role, held.position.division_id) for held in user.current_appointments)
        key = held, fixed, tuple((name, type(value)) for name, value in values.items())
        plan = plans.get(key)
        if plan is None:
            if len(plans) >= MAX_PLANS:
                plans.clear()
            plan = plans[key] = _make_plan(build, held, fixed, values)
        return plan.read({"user": user.pk, "now": clock.now(), "today": clock.today(), **values})

    return read


@dataclass
class _Plan:
    """A compiled query, and the names of the values that belong to its parameters, by their places.

    The SQL is empty if no row can match.
    """

    rows: Any
    compiler: Any
    sql: str
    parameters: Sequence[Any]
    places: Mapping[int, str]

    def read(self, values: Mapping[str, Value]) -> list[Any]:
        if not self.sql:
            return []
        parameters = list(self.parameters)
        connection = connections[self.rows.db]
        for place, name in self.places.items():
            parameters[place] = _adapt(values[name], connection, like=parameters[place])
        query: Any = _CompiledQuery(self.rows.query, self.compiler, self.sql, tuple(parameters))
        rows: Any = QuerySet(self.rows.model, query)
        rows._fields, rows._iterable_class = self.rows._fields, self.rows._iterable_class
        return list(rows)


@dataclass
class _CompiledQuery:
    """The query of a plan with values, for the iterables of Django, which ask for its compiler."""

    query: Any
    compiler: Any
    sql: str
    parameters: Sequence[Any]

    def get_compiler(self, using: str) -> Any:
        compiler = copy(self.compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda: (self.sql, self.parameters)
        return compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.query, name)


def _make_plan(
    build: Callable[..., QuerySet[Any, Any]], held: Held, fixed: Sequence[Any], values: Mapping[str, Value]
) -> _Plan:
    reader = User(pk=ANYBODY)
    vars(reader)["current_appointments"] = [
        Appointment(user=reader, position=Position(role=role, division=Division(pk=key) if key else None))
        for role, key in held
    ]
    stand_ins = {name: _stand_in(value, number) for number, (name, value) in enumerate(values.items(), 1)}
    with clock.set_to(SOMETIME):
        rows = build(reader, *fixed, **stand_ins)
        stand_ins |= {"user": ANYBODY, "now": SOMETIME, "today": clock.today()}
    connection = connections[rows.db]
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return _Plan(rows, compiler, "", (), {})
    names = {_adapt(value, connection, like=0): name for name, value in stand_ins.items()}
    known = [names.get(value, "") if isinstance(value, Hashable) else "" for value in parameters]
    places = {place: name for place, name in enumerate(known) if name}
    for place, value in enumerate(parameters):
        if place not in places and COMPUTED.search(str(value)):
            raise TypeError(f"{build.__qualname__}: pass {value} as a value of its own")
    compiler.connection = None  # that of one thread
    return _Plan(rows, compiler, sql, parameters, places)


def _stand_in(value: Value, number: int) -> Value:
    """Return a value of the same type that no other parameter has, nor one that is computed from another."""
    moment = SOMETIME.replace(year=SOMETIME.year - number)
    stand_ins: dict[type, Value] = {
        int: ANYBODY + 1000 * number,
        str: f"{SOMETIME.year}/{number}",
        dt.datetime: moment,
        dt.date: timezone.localdate(moment),
    }
    if type(value) not in stand_ins:
        raise TypeError(f"{value!r} is no value of a prepared query")
    return stand_ins[type(value)]


def _adapt(value: Value, connection: Any, *, like: Any) -> Any:
    """Return a value as the database gets it as a parameter."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, dt.date):
        return connection.ops.adapt_datefield_value(value)
    return type(like)(value) if isinstance(value, int) else value
