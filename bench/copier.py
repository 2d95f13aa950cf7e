"""Copies cases in bulk: one INSERT ... SELECT for each table that has rows of a case.

The tables are found by foreign keys. A copy gets new keys, moves in time and between officers.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from consultations.models import Case
from kit import records
from office.models import User

type Model = type[models.Model]


class Copy(NamedTuple):
    """One copy of a case. Numbers count from 1, in order of submission.

    Moments of the original before now move by `past_days`, later ones by `future_days`.
    """

    number: int
    original: int
    past_days: int
    future_days: int
    rotation: int
    code: str
    name: str
    phone: str
    suffix: str


def list_owned_models() -> dict[Model, list[str]]:
    """Return the models whose rows belong to a case, each with the lookups that lead to the case.

    A model belongs to a case if it refers to a model that does, or if such a model refers to it one to one.
    A required reference is enough. Without one, the first lookup that is not NULL counts.
    """
    owned: dict[Model, list[str]] = {Case: ["pk"]}
    candidates = [m for m in apps.get_models(include_auto_created=True) if m is not Case]
    while found := {m: lookups for m in candidates if m not in owned and (lookups := _lookups(m, owned))}:
        owned |= found
    return owned


def _lookups(model: Model, owned: Mapping[Model, list[str]]) -> list[str]:
    def through(name: str, related: Model) -> str:
        return name if related is Case else f"{name}__{owned[related][0]}"

    references = [f for f in model._meta.concrete_fields if f.is_relation and f.related_model in owned]
    if required := [f for f in references if not f.null]:
        return [through(required[0].name, required[0].related_model)]  # type: ignore[arg-type]
    reverse = [
        through(field.related_query_name(), other)
        for other in owned
        for field in other._meta.concrete_fields
        if isinstance(field, models.OneToOneField) and field.related_model is model
    ]
    return [through(f.name, f.related_model) for f in references] + reverse  # type: ignore[arg-type]


@dataclass
class Copier:
    """Inserts copies of cases.

    `users` lists rotation, user and the user of the copy. `columns` maps "Model.field" to SQL, or to a
    function that returns it. In SQL `r` is the original row and `c` the copy. `only` limits the rows of a
    model.
    """

    now: dt.datetime
    users: Sequence[tuple[int, int, int]]
    columns: Mapping[str, str | Callable[["Copier"], str]]
    only: Mapping[Model, Q]
    owned: Mapping[Model, list[str]] = field(default_factory=list_owned_models)

    def copy(self, copies: Sequence[Copy]) -> dict[str, int]:
        """Insert the copies and return the number of rows by table. Call it in a transaction.

        Raise ValueError if `columns` names a field that no copied model has.
        """
        known = {f"{model.__name__}.{field.name}" for model in self.owned for field in model._meta.fields}
        if unknown := self.columns.keys() - known:
            raise ValueError(f"unknown fields: {unknown}")
        columns = {name: "bigint" if kind is int else "text" for name, kind in Copy.__annotations__.items()}
        create_table("bench_copy", columns, copies, key="number")
        users = {"rotation": "bigint", "old": "bigint", "new": "bigint"}
        create_table("bench_user", users, self.users, key="rotation, old")
        self.spans = {m: key_span(m) for m in self.owned if not isinstance(m._meta.pk, models.UUIDField)}
        for model in self.owned:
            self._select(model)
        written = {model._meta.db_table: self._insert(model) for model in self.owned}
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [*self.owned]):
                cursor.execute(statement)
        drop_table("bench_user")
        drop_table("bench_copy")
        return written

    def _select(self, model: Model) -> None:
        """Store the rows of the originals with the case that each belongs to."""
        references = [F(lookup) for lookup in self.owned[model]]
        owner: Any = Coalesce(*references) if len(references) > 1 else references[0]
        rows = model._base_manager.filter(self.only.get(model, Q())).annotate(bench_owner=owner)
        sql, params = rows.order_by().query.sql_with_params()
        name = f"bench_{model._meta.db_table}"
        drop_table(name)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {sql}", params)
            cursor.execute(f"CREATE INDEX {name}_owner ON {name} (bench_owner)")
            cursor.execute(f"ANALYZE {name}")

    def _insert(self, model: Model) -> int:
        """Insert the copied rows of one table, in the order of the copies."""
        table, name = model._meta.concrete_fields, f"bench_{model._meta.db_table}"
        names = ", ".join(f'"{field.column}"' for field in table)
        values = ", ".join(self._value(model, field) for field in table)
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM bench_copy c '  # noqa: S608
                f"CROSS JOIN {name} r WHERE r.bench_owner = c.original ORDER BY c.number"
            )
            written = cursor.rowcount
        drop_table(name)
        return written

    def _value(self, model: Model, field: Any) -> str:
        column = f'r."{field.column}"'
        related = field.related_model if field.is_relation else None
        if own := self.columns.get(f"{model.__name__}.{field.name}"):
            return own if isinstance(own, str) else own(self)
        if related is User:
            return f"(SELECT u.new FROM bench_user u WHERE u.rotation = c.rotation AND u.old = {column})"  # noqa: S608
        if field.primary_key or related in self.owned:
            return self.key(related or model, column)
        if isinstance(field, models.DateField):
            return self._move(column, is_moment=isinstance(field, models.DateTimeField))
        return uuid_of(column) if isinstance(field, models.UUIDField) else column

    def key(self, model: Model, column: str) -> str:
        """Return SQL of the copy's key for a column that holds the original's key."""
        is_uuid = isinstance(model._meta.pk, models.UUIDField)
        return uuid_of(column) if is_uuid else f"{column} + c.number * {self.spans[model]}"

    def _move(self, column: str, *, is_moment: bool) -> str:
        """Return SQL that moves a date or a moment (UTC) by whole days."""
        now = f"{self.now:%Y-%m-%d %H:%M:%S}" if is_moment else f"{self.now:%Y-%m-%d}"
        # A slot of today belongs to a session that is still to come.
        days = (
            f"CASE WHEN {column} {'>' if is_moment else '>='} '{now}' THEN c.future_days ELSE c.past_days END"
        )
        if connection.vendor == "sqlite":
            moved = f"date({column}, ({days}) || ' days')"
            return f"{moved} || substr({column}, 11)" if is_moment else moved
        return (
            f"{column} + make_interval(days => ({days})::int)" if is_moment else f"{column} + ({days})::int"
        )


def key_span(model: Model) -> int:
    """Return the number of keys from the lowest to the highest. A copy's key is `key + number * span`."""
    keys = model._base_manager.aggregate(low=models.Min("pk"), high=models.Max("pk"))
    return keys["high"] - keys["low"] + 1 if keys["high"] else 0


def uuid_of(column: str) -> str:
    """Return SQL of a UUID that is always the same for one value and one copy."""
    if connection.vendor == "sqlite":
        return f"md5({column} || '/' || c.number)"
    return f"md5({column}::text || '/' || c.number)::uuid"


def create_table(name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]], *, key: str) -> None:
    """Create and fill a temporary table. `columns` maps names to SQL types, `key` is the primary key."""
    drop_table(name)
    declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({declared}, PRIMARY KEY ({key}))")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name} VALUES ({values})", rows)  # noqa: S608
        cursor.execute(f"ANALYZE {name}")


def drop_table(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


POSTGRESQL = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
    'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname)
        || ' ' || pg_get_constraintdef(oid),
    contype <> 'f'
FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%(tables)s)
    OR contype = 'f' AND ARRAY[conrelid::regclass::text, confrelid::regclass::text] && %(tables)s
UNION ALL
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid), true
FROM pg_index WHERE indrelid::regclass::text = ANY(%(tables)s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY 3
"""
"""Statements that drop and create: foreign keys first, then keys and indexes."""
SQLITE = """
SELECT 'DROP INDEX "' || name || '"', sql, true FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND instr(%s, ' ' || tbl_name || ' ')
"""


@contextmanager
def without_indexes(tables: Collection[str]) -> Iterator[None]:
    """Drop the indexes of `tables` and the foreign keys from and to them, and create them at the end.

    PostgreSQL checks all foreign keys then. On SQLite, foreign keys and unique columns stay. The triggers of
    append-only tables go too.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SQLITE, [f" {' '.join(tables)} "])
        else:
            connection.check_constraints()  # or a pending check would forbid to alter the table
            cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
            cursor.execute(POSTGRESQL, {"tables": [*tables]})
        statements = cursor.fetchall()
        records.remove(connection, *tables)
        for drop, _create, _order in statements:
            cursor.execute(drop)
        yield
        for _drop, create, _order in reversed(statements):
            cursor.execute(create)
        records.install(connection, *tables)
