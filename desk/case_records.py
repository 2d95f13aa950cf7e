"""The records of a case, read at once for its page.

The page shows twenty kinds of records. A query for each takes longer than the rest of the page (ADR 27).
Their rows come as JSON from one UNION, which is the same for every case and every reader.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import IntegerField, Model, Value
from django.db.models.functions import JSONArray

from consultations.audit.models import AuditEntry
from consultations.models import (
    Attachment,
    Case,
    CaseNote,
    Event,
    GivenRequirement,
    Involvement,
    LinkAccess,
    Objection,
)
from consultations.queries import with_people
from consultations.scheduling.models import Session
from dispositions.models import (
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    Opinion,
    OpinionReminder,
    Preparation,
    RelayedOrder,
    StaffReview,
)
from documents.models import Document
from notices.models import Message, Notice
from reports.models import Enquiry, FollowUp, Remark, Report
from trust.ledger.models import ArchiveTransferItem

type Records = dict[type[Model], list[Any]]

OWN: tuple[type[Model], ...] = (
    *(Event, LinkAccess, Attachment, GivenRequirement, Involvement, Endorsement, Disposition, Assignment),
    *(RelayedOrder, Preparation, Opinion, StaffReview, Meeting, Session, Report, FollowUp, Enquiry),
    *(Document, Notice, Objection, ArchiveTransferItem, CaseNote),
    AuditEntry,
)
KINDS: dict[type[Model], str] = dict.fromkeys(OWN, "case") | {
    OpinionReminder: "opinion__case",
    Minutes: "meeting__case",
    Remark: "report__case",
    Message: "notice__case",
}
"""Each kind of record, and the lookup that leads from it to its case."""

RECENT_ENTRIES = 30
"""Latest entries of the audit log that are read. There may be thousands."""

ANY_CASE = -1
"""Parameter of the compiled query that is replaced by the key of the case."""


def list_records(case: Case) -> Records:
    """Return the records of each kind with their people, the oldest first."""
    sql, parameters = _compile(connection.vendor)
    found: Records = {model: [] for model in KINDS}
    kinds = list(KINDS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk if value == ANY_CASE else value for value in parameters])
        for number, row in cursor.fetchall():
            columns, converters = _columns(kinds[number])
            values = zip(converters, json.loads(row), strict=True)
            cells = [convert(value) if convert and value is not None else value for convert, value in values]
            found[kinds[number]].append(kinds[number].from_db(case._state.db, columns, cells))
    return {model: with_people(sorted(rows, key=_get_order)) for model, rows in found.items()}


def _get_order(record: Any) -> Any:
    return record.issued_at if isinstance(record, Document) else record.pk


@cache
def _compile(vendor: str) -> tuple[str, Sequence[Any]]:
    """Return the SQL and its parameters. Compiling takes longer than the query, so it happens once."""
    latest = AuditEntry.objects.filter(case=ANY_CASE).order_by("-pk").values("pk")[:RECENT_ENTRIES]
    first, *others = (
        model._default_manager.filter(**({"pk__in": latest} if model is AuditEntry else {path: ANY_CASE}))
        .order_by()
        .values_list(Value(number, IntegerField()), JSONArray(*_columns(model)[0]))
        for number, (model, path) in enumerate(KINDS.items())
    )
    sql, parameters = first.union(*others, all=True).query.sql_with_params()
    return sql, tuple(parameters)


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[Callable[[Any], Any] | None]]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [_get_converter(field) for field in fields]


def _get_converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return a function that converts a JSON value to the field's Python type, or None if none is needed."""
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
