"""Read all records of one case with two queries.

The page of a case shows many kinds of records. One query for each takes longer than the rest of the page.
The rows come as JSON from a single UNION, and the people that they name from a second query.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import IntegerField, Model, Value
from django.db.models.functions import JSONArray

from audit.models import AuditEntry
from consultations.models import Attachment, Case, Event, LinkAccess
from dispositions.models import (
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    Opinion,
    OpinionReminder,
    Preparation,
    StaffReview,
)
from notices.models import Message, Notice
from office.models import Division, User
from reports.models import Document, FollowUp, Remark, Report
from scheduling.models import Session

type Rows = dict[type[Model], list[Any]]

KINDS: tuple[tuple[type[Model], str], ...] = (
    (Event, "case"),
    (LinkAccess, "case"),
    (Attachment, "case"),
    (Endorsement, "case"),
    (Division, "endorsements__case"),
    (Division, "dispositions__case"),
    (Disposition, "case"),
    (Case.companions.through, "case"),
    (Assignment, "case"),
    (Preparation, "case"),
    (Opinion, "case"),
    (OpinionReminder, "opinion__case"),
    (StaffReview, "case"),
    (Meeting, "case"),
    (Minutes, "meeting__case"),
    (Session, "case"),
    (Report, "case"),
    (Remark, "report__case"),
    (FollowUp, "case"),
    (Document, "case"),
    (Notice, "case"),
    (Message, "notice__case"),
    (AuditEntry, "case"),
)
"""Each kind of record, and the lookup that leads from it to its case."""

CHILDREN: tuple[tuple[type[Model], type[Model], str], ...] = (
    (Opinion, OpinionReminder, "opinion"),
    (Meeting, Minutes, "meeting"),
    (Report, Remark, "report"),
    (Notice, Message, "notice"),
)
"""Kinds whose records belong to a record of another kind, and their foreign key to it."""

RECENT_ENTRIES = 30
"""Latest entries of the audit log that are read. There may be thousands."""

ANY_CASE = -1
"""Parameter of the compiled query that is replaced by the key of the case."""


def load_records(case: Case) -> None:
    """Load all records of a case as if they were prefetched, in the order of their keys."""
    found = _read(case)
    people = _link(case, found)
    for model, path in KINDS:
        if path == "case" and model is not Case.companions.through:
            _store(case, model._meta.get_field("case"), found[model])
    for parent, child, name in CHILDREN:
        for row in found[parent]:
            own = [other for other in found[child] if getattr(other, f"{name}_id") == row.pk]
            _store(row, child._meta.get_field(name), own)
    companions = [people[row.user_id] for row in found[Case.companions.through]]
    _store(case, Case._meta.get_field("companions"), sorted(companions, key=str))


def _read(case: Case) -> Rows:
    sql, parameters = _compile(connection.vendor)
    found: Rows = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk if value == ANY_CASE else value for value in parameters])
        for number, row in cursor.fetchall():
            model = KINDS[number][0]
            columns, converters = _columns(model)
            values = zip(converters, json.loads(row), strict=True)
            cells = [convert(value) if convert and value is not None else value for convert, value in values]
            found[model].append(model.from_db(case._state.db, columns, cells))
    for rows in found.values():
        rows.sort(key=lambda record: getattr(record, "issued_at", None) or record.pk)
    return found


@cache
def _compile(vendor: str) -> tuple[str, Sequence[Any]]:
    """Return the SQL and its parameters. Compiling takes longer than the query, so it happens once."""
    first, *others = (
        (_recent_entries() if model is AuditEntry else model._default_manager.filter(**{path: ANY_CASE}))
        .order_by()
        .values_list(Value(number, IntegerField()), JSONArray(*_columns(model)[0]))
        for number, (model, path) in enumerate(KINDS)
    )
    sql, parameters = first.union(*others, all=True).query.sql_with_params()
    return sql, tuple(parameters)


def _recent_entries() -> models.QuerySet[AuditEntry]:
    latest = AuditEntry.objects.filter(case=ANY_CASE).order_by("-pk").values("pk")[:RECENT_ENTRIES]
    return AuditEntry.objects.filter(pk__in=latest)


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[Callable[[Any], Any] | None]]:
    """Return the columns of a model, and how to convert the JSON value of each."""
    fields = model._meta.concrete_fields
    return [f.attname for f in fields], [_get_converter(f) for f in fields]


def _get_converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return how a value of JSON becomes one of the field. SQLite has no types for most of them."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    kinds: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
        (models.DateTimeField, _to_moment),
        (models.DateField, dt.date.fromisoformat),
        (models.UUIDField, uuid.UUID),
        (models.JSONField, lambda value: json.loads(value) if isinstance(value, str) else value),
        (models.BooleanField, bool),
    )
    return next((convert for kind, convert in kinds if isinstance(field, kind)), None)


def _to_moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _link(case: Case, found: Rows) -> dict[Any, User]:
    """Let the foreign keys of all records point to loaded records. Return the people by key."""
    foreign = [
        (field, [record for record in rows if getattr(record, field.attname) is not None])
        for model, rows in found.items()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]
    named = {getattr(record, f.attname) for f, rows in foreign if f.related_model is User for record in rows}
    people = User.objects.only("name", "username").in_bulk(named)
    known = {model: {record.pk: record for record in rows} for model, rows in found.items()}
    known |= {User: people, Case: {case.pk: case}}
    for field, rows in foreign:
        for record in rows:
            target = known.get(field.related_model, {}).get(getattr(record, field.attname))
            if target is not None:
                field.set_cached_value(record, target)
                if field.one_to_one:
                    field.remote_field.set_cached_value(target, record)
    for document in found[Document]:
        replaced_by = Document._meta.get_field("replaced_by")
        if not replaced_by.is_cached(document):
            replaced_by.set_cached_value(document, None)
    return people


def _store(owner: Model, field: Any, rows: Sequence[Any]) -> None:
    """Store rows as the prefetched records of a relation, as `prefetch_related()` does."""
    name = field.remote_field.cache_name if field.many_to_one else field.name
    manager = getattr(owner, name if field.many_to_many else field.remote_field.get_accessor_name())
    found = manager.get_queryset()
    found._result_cache, found._prefetch_done = list(rows), True
    vars(owner).setdefault("_prefetched_objects_cache", {})[name] = found
