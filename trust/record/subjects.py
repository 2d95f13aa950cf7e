"""Subjects of the record: their rows as they are stored now, and the digest of these.

A subject is a case with all rows that belong to it, a person with positions and second factors, or another
row by itself. To which one a row belongs follows from its foreign keys. All columns count, except those that
a model names in `not_recorded` (True for a model that is in no subject) and those that are encrypted: they
are bound to their place by their key (kit/encryption.py). All rows of a batch of subjects are read in one
query, as JSON that the database makes, because a step of a case must not pay for thirty queries.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model, Q, UUIDField

from consultations.models import Case
from kit.encryption import EncryptedField
from kit.records import get_unrecorded, is_own_subject, is_recorded
from office.models import User

CASE, PERSON = "case", "person"

ROOTS: dict[type[Model], tuple[str, tuple[str, ...]]] = {
    Case: (CASE, ("case",)),
    User: (PERSON, ("user", "person")),
}
"""The kind of the subject of each root, and the names of foreign keys that make a row a part of it."""

OF_LIBRARIES: tuple[type[Model], ...] = (Authenticator, EmailAddress)
"""Models of libraries that say who may do what."""


def list_recorded() -> list[type[Model]]:
    """Return the models whose rows belong to a subject."""
    own = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.partition(".")[0] in FOLDERS and model._meta.managed and not model._meta.proxy
    )
    return [*(model for model in own if is_recorded(_get_declaring(model))), *OF_LIBRARIES]


FOLDERS = ("office", "consultations", "dispositions", "documents", "reports", "notices", "exchange", "trust")


def _get_declaring(model: type[Model]) -> type[Model]:
    """Return the model that declares how a model is recorded: for a many-to-many field, that of the field."""
    made_for: Any = model._meta.auto_created
    return made_for or model


@cache
def find_path(model: type[Model]) -> tuple[str, ...] | None:
    """Return the foreign keys from a row to its case or person; None if the row is a subject by itself."""
    if model in ROOTS:
        return ()
    if is_own_subject(_get_declaring(model)):
        return None
    keys = [field for field in model._meta.local_concrete_fields if isinstance(field, ForeignKey)]
    for root, (_kind, names) in ROOTS.items():
        for field in keys:
            if field.related_model is root and field.name in names:
                return (field.name,)
        for field in keys:
            owner = field.related_model
            if owner not in (model, *ROOTS) and (rest := find_path(owner)) and _get_root(owner) is root:
                return (field.name, *rest)
    return None


def _get_root(model: type[Model]) -> type[Model]:
    for name in find_path(model) or ():
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def get_root(kind: str) -> type[Model] | None:
    """Return the model that a kind of subjects begins with; None if each is one row."""
    return next((root for root, (name, _keys) in ROOTS.items() if name == kind), None)


def get_subject(row: Model) -> tuple[str, str]:
    """Return kind and key of the subject that a row belongs to."""
    owner: Any = row
    for name in find_path(type(row)) or ():
        owner = getattr(owner, name)
        if owner is None:
            break
    root = ROOTS.get(_get_root(type(row)))
    return (root[0], to_key(owner.pk)) if root and owner else (row._meta.label, to_key(row.pk))


def to_key(pk: Any) -> str:
    return pk.hex if isinstance(pk, UUID) else str(pk)


@dataclass(frozen=True)
class Group:
    """The rows of a model within subjects of a kind. `sql` reads key, label and columns of some subjects."""

    model: type[Model]
    sql: str
    readers: Sequence[Callable[[Any], Any]]


@cache
def list_groups(kind: str) -> list[Group]:
    """Return the tables of a kind of subjects."""
    if (root := get_root(kind)) is None:
        model = apps.get_model(kind)
        throughs = [field.remote_field.through for field in model._meta.local_many_to_many]
        return [_make_group(model, ()), *(_make_group(one, _find_owner(one)) for one in throughs)]
    found = [model for model in list_recorded() if find_path(model) is not None]
    found = [model for model in found if _get_root(model) is root]
    return [_make_group(model, find_path(model) or ()) for model in found]


def _find_owner(through: type[Model]) -> tuple[str, ...]:
    """Return the foreign key from a row of a many-to-many field to the row that has the field."""
    owner: Any = through._meta.auto_created
    return next((field.name,) for field in through._meta.local_fields if field.related_model is owner)


def _make_group(model: type[Model], path: Sequence[str]) -> Group:
    """Return the group of a model whose rows lead by `path` to the subject."""
    quote, fields, owner = connection.ops.quote_name, list_fields(model), model
    joins, here = f"{quote(model._meta.db_table)} t0", 0
    for name in path[:-1]:
        key: Any = owner._meta.get_field(name)
        owner = key.related_model
        pk = quote(str(owner._meta.pk.column))
        joins += f" JOIN {quote(owner._meta.db_table)} t{here + 1} ON t{here + 1}.{pk} = "
        joins += f"t{here}.{quote(str(key.column))}"
        here += 1
    last: Any = owner._meta.get_field(path[-1]) if path else owner._meta.pk
    key_of_subject = f"t{here}.{quote(str(last.column))}"
    columns = ", ".join(f"t0.{quote(str(field.column))}" for field in fields)
    array = "json_array" if connection.vendor == "sqlite" else "json_build_array"
    sql = f"SELECT CAST({key_of_subject} AS text), '{model._meta.label}', CAST({array}({columns}) AS text) "
    sql += f"FROM {joins} WHERE {key_of_subject} IN (%s)"
    return Group(model, sql, [_get_reader(field) for field in fields])


def list_fields(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the columns that count, the primary key first."""
    left_out = get_unrecorded(model)
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if field.name not in left_out and not isinstance(field, EncryptedField)
    ]
    return sorted(fields, key=lambda field: not field.primary_key)


MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?")


def _read_moment(value: Any) -> Any:
    """Return a moment in one spelling. SQLite compares texts, so one that Django does not write stays."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return value
    if connection.vendor == "sqlite" and (value[10] == "T" or "+" in value):
        return value
    return dt.datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="microseconds")


def _read_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and connection.vendor == "sqlite" else value


READERS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": _read_moment,
    "BooleanField": lambda value: bool(value) if value in (0, 1) else value,
    "JSONField": _read_json,
    "UUIDField": lambda value: value.replace("-", "") if isinstance(value, str) else value,
}
"""What makes the same value of the JSON of both databases, by the type of the column."""


def _get_reader(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    target = getattr(field, "target_field", field)
    return READERS.get(target.get_internal_type(), lambda value: value)


type Rows = dict[str, list[list[Any]]]
"""The rows of one subject by the label of their model, in the order of their primary keys."""


def read(kind: str, keys: Iterable[str]) -> dict[str, Rows]:
    """Return the rows of these subjects as they are stored now, by key. All in one query."""
    groups = list_groups(kind)
    uuid = isinstance(groups[0].model._meta.pk, UUIDField) and connection.vendor == "postgresql"
    given: list[Any] = [UUID(key) if uuid else key if len(key) == UUID_DIGITS else int(key) for key in keys]
    found: dict[str, Rows] = {to_key(key): defaultdict(list) for key in given}
    if not given:
        return found
    marks = ", ".join(["%s"] * len(given))
    sql = " UNION ALL ".join(group.sql.replace("%s", marks) for group in groups)
    readers = {group.model._meta.label: group.readers for group in groups}
    with connection.cursor() as cursor:
        cursor.execute(sql, given * len(groups))
        for key, label, text in cursor.fetchall():
            values = zip(readers[label], json.loads(text), strict=True)
            found[key.replace("-", "")][label].append([read_value(value) for read_value, value in values])
    for rows in found.values():
        for of_model in rows.values():
            of_model.sort(key=lambda row: str(row[0]))
    return found


UUID_DIGITS = 32


def digest_groups(rows: Rows, salt: str) -> dict[str, str]:
    """Return the digest of each table of a subject: SHA-256 of the salt and the JSON of its rows."""
    return {label: _hash(salt + _write(of_model)) for label, of_model in sorted(rows.items())}


def digest(groups: dict[str, str]) -> str:
    """Return the digest of a subject: SHA-256 of the digests of its tables."""
    return _hash(_write(groups))


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _hash(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def list_all() -> Iterator[tuple[type[Model], Q, str]]:
    """Yield the models whose rows are subjects, which rows are, and their kind."""
    for root, (kind, _names) in ROOTS.items():
        yield root, Q(), kind
    for model in list_recorded():
        path, label = find_path(model), model._meta.label
        if path is None and not model._meta.auto_created:
            yield model, Q(), label
        elif path and _is_optional(model, path):
            yield model, Q(**{f"{'__'.join(path)}__isnull": True}), label


def _is_optional(model: type[Model], path: Sequence[str]) -> bool:
    field: Any = model._meta.get_field(path[0])
    return bool(field.null or (path[1:] and _is_optional(field.related_model, path[1:])))
