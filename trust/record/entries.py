"""Entries of the record: each act leaves one in its transaction, and a job chains them.

A step of a case and an act on a paper say so at their end (`kit.records.leave_entry`). A row that is a
subject by itself, or says who may do what, leaves an entry whenever it is saved or deleted. A row of the
audit log is complete when it is written, so the job makes its entry.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import batched
from secrets import token_hex
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, Exists, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Replace
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from consultations.audit.models import AuditEntry
from consultations.models import Case
from kit.records import entry_left, get_unrecorded, salts_erased
from trust.record import subjects
from trust.record.models import START, Entry

AUDIT = AuditEntry._meta.label

BATCH = 500
"""Subjects that are read at a time, and entries that are chained at a time."""


@transaction.atomic(savepoint=False)
def leave(kind: str, keys: Iterable[str]) -> int:
    """Store an entry for each of these subjects as it stands now, also if it is gone; return how many.

    A subject of several rows is locked: of two writers, the second one sees what the first one has written.
    """
    keys, found = sorted(keys), []
    if connection.features.has_select_for_update and (root := subjects.get_root(kind)):
        list(
            root._base_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values("pk")
        )
    for key, rows in subjects.read(kind, keys).items():
        salt = token_hex(16)
        groups = subjects.digest_groups(rows, salt)
        found.append(
            Entry(kind=kind, key=key, digest=subjects.digest(groups), salt=salt, groups=_sum_up(groups))
        )
    Entry.objects.bulk_create(found)
    return len(found)


def _sum_up(groups: dict[str, str]) -> str:
    return " ".join(f"{label}:{value[:8]}" for label, value in groups.items())


@receiver(entry_left)
def leave_entries_of(rows: Iterable[Model], **more: Any) -> None:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        kind, key = subjects.get_subject(row)
        found[kind][key] = None
    for kind, keys in found.items():
        for some in batched(keys, BATCH, strict=False):
            leave(kind, some)


def leave_entry_of_row(
    sender: type[Model], instance: Model, update_fields: Collection[str] | None = None, **more: Any
) -> None:
    """Leave an entry for a row of no case that was saved or deleted, unless nothing that counts changed."""
    if update_fields is not None and {*update_fields} <= {*get_unrecorded(sender)}:
        return
    kind, key = subjects.get_subject(instance)
    if kind != subjects.CASE:
        leave(kind, [key])


def leave_entry_of_relation(sender: type[Model], instance: Model, action: str, **more: Any) -> None:
    if action.startswith("post_"):
        leave_entry_of_row(type(instance), instance)


def watch() -> None:
    """Connect the signals of the models whose rows may belong to no case."""
    of_persons = {group.model for group in subjects.list_groups(subjects.PERSON)}
    for model in {*of_persons, *(model for model, _which, _kind in subjects.list_all())} - {AuditEntry, Case}:
        post_save.connect(leave_entry_of_row, sender=model)
        post_delete.connect(leave_entry_of_row, sender=model)
        for field in model._meta.local_many_to_many:
            m2m_changed.connect(leave_entry_of_relation, sender=field.remote_field.through)


@receiver(salts_erased)
def erase_salts(sender: type[Model], row: Model, **more: Any) -> None:
    """Make the earlier digests of a subject say nothing about what was erased."""
    kind, key = subjects.get_subject(row)
    Entry.objects.filter(kind=kind, key=key).update(salt="", groups="")


def chain_entries() -> int:
    """Give each new entry its place in the chain; return how many. One process does it at a time."""
    number = 0
    while done := _chain_batch():
        number += done
    return number


@transaction.atomic
def _chain_batch() -> int:
    lock_chain()
    leave_entries_of_audit_log()
    last = Entry.objects.exclude(number=None).order_by("-number").first()
    number, previous = (last.number or 0, last.hash or START) if last else (0, START)
    waiting = list(Entry.objects.filter(number=None).order_by("pk")[:BATCH])
    for entry in waiting:
        number += 1
        entry.number = number
        previous = entry.link(previous)
        entry.hash = previous
    Entry.objects.bulk_update(waiting, ["number", "hash"])
    return len(waiting)


LOCK_NUMBER = 1_010
"""Number of the PostgreSQL advisory lock that writers of the chain wait for. SQLite has one writer anyway."""


def lock_chain() -> None:
    """Within a transaction: wait for another writer of the chain."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_NUMBER])


LATE = 10_000
"""Rows of the audit log before the newest with an entry, of which one may have been committed late."""


def leave_entries_of_audit_log() -> None:
    newest = Entry.objects.filter(kind=AUDIT).order_by("-pk").values_list("key", flat=True).first()
    rows = AuditEntry.objects.filter(pk__gt=int(newest or 0) - LATE)
    leave(AUDIT, [subjects.to_key(pk) for pk in list_without_entry(rows, AUDIT)[:BATCH]])


def list_without_entry(rows: QuerySet[Any], kind: str) -> QuerySet[Any, Any]:
    """Return the primary keys of the rows that no entry names."""
    text = Replace(Cast("pk", CharField()), Value("-"), Value(""), output_field=CharField())
    known = Entry.objects.filter(kind=kind, key=OuterRef("key_of_entry"))
    rows = rows.annotate(key_of_entry=text).filter(~Exists(known))
    return rows.order_by("pk").values_list("pk", flat=True)


def leave_missing_entries(**_signal: Any) -> None:
    """Leave an entry for each subject without one: what migrations have made (receiver of `post_migrate`)."""
    for model, which, kind in subjects.list_all():
        rows = model._base_manager.filter(which)
        while keys := [subjects.to_key(pk) for pk in list_without_entry(rows, kind)[:BATCH]]:
            leave(kind, keys)
