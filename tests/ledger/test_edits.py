"""The law of the ledger: an untouched record has no findings, and each edit of one row is found and named."""

import os
import random
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction

from consultations.audit.models import AuditEntry
from consultations.models import (
    AgendaEntry,
    Attachment,
    Case,
    DataCorrection,
    Event,
    GivenRequirement,
    Objection,
)
from consultations.scheduling.models import Absence, Delegation
from dispositions.models import Assignment, Disposition, Endorsement, Meeting, Minutes, RelayedOrder, Transfer
from documents.models import Document, Handover, PaperEvent, StandingOrder
from office.access import changes
from office.models import AccessChange, Appointment, FactorRequirement, Position, StaffCheck, User
from reports.models import Enquiry, Report
from tests.factories import Staff
from tests.ledger.conftest import COPY, list_findings
from tests.shared_data import each
from tests.world import without_triggers
from trust.ledger.chain import append_leaves, to_key
from trust.ledger.models import (
    ArchiveTransfer,
    ArchiveTransferItem,
    AuditDeletion,
    Disposal,
    DisposalAct,
    Erasure,
    Leaf,
    Pending,
    Seal,
    SealingStart,
    WitnessedSeal,
)
from trust.ledger.parts import PARTS

MODELS: list[Any] = [Case, Event, AgendaEntry, Attachment, Document, Report, Handover, Appointment]
MODELS += [RelayedOrder, Absence, Delegation, Seal, WitnessedSeal, AccessChange, StaffCheck, User]
MODELS += [DataCorrection, GivenRequirement, Objection, PaperEvent, Enquiry, Transfer, StandingOrder]
MODELS += [AuditEntry, AuditDeletion, Disposal, Erasure, DisposalAct, ArchiveTransfer, ArchiveTransferItem]
MODELS += [Disposition, Assignment, Endorsement, Meeting, Minutes, Position, FactorRequirement, Authenticator]
MODELS += [Case.copied_to.through, Assignment.companions.through, SealingStart]
NEW: dict[Any, dict[str, Any]] = {
    AgendaEntry: {"number": 900_000},
    Case: {"code": "SISI-PAN2", "secret_hash": "sisipan", "submission_hash": None, "agenda_id": None},
    GivenRequirement: {"attachment_id": None},
    Document: {"source_pk": 900_000, "number": ""},
    Report: {"version": 99, "number": "900000", "corrected_at": None},
    RelayedOrder: {"disposition_id": 900_000, "assignment_id": None, "proof_id": None},
    Delegation: {"appointment_id": 900_000},
    StandingOrder: {"kind": "INVITATION"},
    Transfer: {"case_id": 900_000},
    Erasure: {"key": "900000"},
    DisposalAct: {"disposal_id": 900_000},
    ArchiveTransferItem: {"case_id": 900_000},
    Seal: {"number": 900_000, "day": "2001-01-01"},
    User: {"username": "sisipan"},
    Meeting: {"replaces_id": None},
    FactorRequirement: {"role": "SECRETARY"},
    Authenticator: {"type": "webauthn"},
    Case.copied_to.through: {"division_id": 900_000},
    Assignment.companions.through: {"user_id": 900_000},
}
"""Columns of an inserted copy that must differ from those of its original."""

IMPOSSIBLE: dict[str, dict[bool, list[Any]]] = {
    "sqlite": {False: [b"\0\xff", "x", 1.5], True: ["2026-13-45", "2026-13-45 25:00:00", b"\xff", "x"]},
    "postgresql": {False: ["x"], True: ["infinity", "-infinity", "0044-03-15 BC"]},
}
"""Values that Python cannot read, for columns of times and for others. The database refuses some of them."""

UNFILLED = {141, 142, 143, 144}
"""Parts of columns that no row of this record fills: scans confirmed or denied, stops, pages of a picture.

`change()` fills them too: a value without a leaf is found.
"""

TIMES = int(os.environ.get("EDITS_TIMES", "1"))
EDITS = {"change": 10, "delete": 4, "insert": 4, "reorder": 4}
"""Random edits of each kind that each table gets `times`. docs/insider.md says how to make more."""


class Refused(Exception):  # noqa: N818
    """The database refuses the edit, or the edit changes nothing."""


def test_the_edits_are_of_all_sealed_tables() -> None:
    assert {part.model for part in PARTS} == set(MODELS)


@pytest.mark.release
def test_each_random_edit_of_one_row_is_found_and_named(record: Staff) -> None:
    chance, tables = get_chance(), MODELS if connection.vendor == "sqlite" else MODELS[::3]
    with without_triggers() as cursor:
        for (kind, count), model in product(EDITS.items(), tables):
            for _time in range(count * TIMES):
                with transaction.atomic():
                    name = edit(cursor, kind, model, chance)
                    found = list_findings()
                    transaction.set_rollback(True)
                assert any(text.startswith(f"{name}:") for text in found), (kind, name, found)
    assert list_findings() == []


def test_random_edits_of_a_row_of_each_table_are_found_and_named_together(record: Staff) -> None:
    assert list_findings() == []
    assert set(Leaf.objects.values_list("part", flat=True)) == {part.number for part in PARTS} - UNFILLED
    assert not Pending.objects.exists()
    chance = get_chance()
    for kind in EDITS:
        with transaction.atomic(), without_triggers() as cursor:
            names = {edit(cursor, kind, model, chance) for model in MODELS}
            found = {text.partition(":")[0] for text in list_findings()}
            transaction.set_rollback(True)
        assert names <= found, (kind, names - found)
    assert list_findings() == []


def get_chance() -> random.Random:
    return random.Random(15)  # noqa: S311


def edit(cursor: Any, kind: str, model: Any, chance: random.Random) -> str:
    """Edit one row of a table that the database accepts, and return its name in the findings."""
    for _time in range(200):
        try:
            with transaction.atomic():
                return EDIT[kind](cursor, model, chance)
        except (DatabaseError, Refused):
            continue
    raise AssertionError(kind, model)


def get_row(model: Any, chance: random.Random) -> tuple[Any, Any]:
    """Return a row, and its key as the database stores it."""
    row = chance.choice(list(model._base_manager.order_by("pk")))
    return row, stored_key(row.pk)


def stored_key(pk: Any) -> Any:
    return pk.hex if isinstance(pk, UUID) and connection.vendor == "sqlite" else pk


def change(cursor: Any, model: Any, chance: random.Random) -> str:
    """Change one sealed column of a row."""
    row, key = get_row(model, chance)
    part = chance.choice([part for part in PARTS if part.model is model])
    field = model._meta.get_field(chance.choice(part.columns).removesuffix("_id"))
    value = get_other_value(field, getattr(row, field.attname), chance)
    cursor.execute(f'UPDATE {model._meta.db_table} SET "{field.column}" = %s WHERE id = %s', [value, key])  # noqa: S608
    return f"{model._meta.db_table} {to_key(row.pk)}"


def get_other_value(field: Any, value: Any, chance: random.Random) -> Any:
    kind = field.get_internal_type()
    if kind == "BooleanField":  # on SQLite, all but 1 is read as false
        return not value
    if chance.random() < 0.2:
        return chance.choice(IMPOSSIBLE[connection.vendor]["Date" in kind])
    if "Date" in kind:
        return "1999-12-31 00:00:00" if kind == "DateTimeField" else "1999-12-31"
    if field.related_model is Document:
        return stored_key(chance.choice(list(Document.objects.all())).pk)
    if isinstance(value, int) or value is None:
        return (value or 0) + chance.randint(1, 9)
    text = str(value)
    return text[:-1] + ("b" if text.endswith("a") else "a") if text else "x"


def delete(cursor: Any, model: Any, chance: random.Random) -> str:
    row, key = get_row(model, chance)
    cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [key])  # noqa: S608
    return f"{model._meta.db_table} {to_key(row.pk)}"


def insert(cursor: Any, model: Any, chance: random.Random) -> str:
    """Insert a copy of a row. Its key may be one that looks like that of the row without its hyphens."""
    row, key = get_row(model, chance)
    new: Any = chance.choice([UUID("f" * 32), str(row.pk)] if model is Document else [10**9, -row.pk])
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    replaced = NEW.get(model, {})
    values = ["%s" if column in replaced else f'"{column}"' for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} (id, {names}) SELECT %s, {', '.join(values)} "  # noqa: S608
        f"FROM {model._meta.db_table} WHERE id = %s",
        [stored_key(new), *(replaced[column] for column in columns if column in replaced), key],
    )
    return f"{model._meta.db_table} {new if model is not Document else UUID(str(new)).hex}"


def reorder(cursor: Any, model: Any, chance: random.Random) -> str:
    """Let two rows change places."""
    (row, key), (other, other_key) = (get_row(model, chance) for _ in range(2))
    if row.pk == other.pk:
        raise Refused
    aside = "e" * 32 if model is Document else 10**9
    for old, new in ((key, aside), (other_key, key), (aside, other_key)):
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = %s WHERE id = %s", [new, old])  # noqa: S608
    return f"{model._meta.db_table} {to_key(row.pk)}"


EDIT = {"change": change, "delete": delete, "insert": insert, "reorder": reorder}


CHAIN: tuple[dict[str, str], ...] = (
    {
        "UPDATE ledger_leaf SET row_hash = head WHERE number = 5": "leaf {year}/5: the chain is broken here",
        "UPDATE ledger_leaf SET head = row_hash WHERE number = 8": "leaf {year}/8: the chain is broken here",
        "UPDATE ledger_leaf SET part = 99 WHERE number = 11": "leaf {year}/11: its part 99 is unknown",
        "UPDATE ledger_leaf SET key = '77777' WHERE number = 14": "77777: missing; leaf {year}/14",
        "DELETE FROM consultations_agendaentry WHERE number = 1": "agenda numbers 1 to 1 of {year}: missing",
    },
    {
        "UPDATE ledger_leaf SET id = 1000000 WHERE number = 5": "leaf {year}/6: its key",
        "DELETE FROM consultations_agendaentry WHERE number > 3": "numbers 4 to {last} of {year}: missing",
    },
    {
        "UPDATE ledger_leaf SET number = 900000 WHERE number = 5": "leaves {year}/5 to 5: missing",
        "UPDATE ledger_seal SET day = '2199-01-01' WHERE number = {sealed}": "its day has not come",
    },
    {
        "UPDATE ledger_leaf SET year = 2050 WHERE number = 5": "leaves {year}/5 to 5: missing",
        "UPDATE ledger_seal SET day = '2001-01-01' WHERE number = {sealed}": "its day is out of order",
    },
    {
        "DELETE FROM ledger_leaf WHERE number = 5": "leaves {year}/5 to 5: missing",
        "UPDATE ledger_seal SET head = 'aa' WHERE number = {sealed}": "the chain has another head",
    },
    {"DELETE FROM ledger_leaf WHERE number = 1": "leaves {year}/1 to 1: missing"},
    {"DELETE FROM ledger_leaf WHERE number > 5": "{year}/{sealed}: the chain has no such leaf"},
)
"""Statements that edit the chain or the agenda book, and what is found: together if they do not interfere."""


def test_each_edit_of_the_chain_is_found(record: Staff, subtests: pytest.Subtests) -> None:
    leaf, seal = Leaf.objects.get(number=5), Seal.objects.latest("pk")
    last = AgendaEntry.objects.latest("number").number
    words = {"year": leaf.year, "sealed": seal.number, "last": last}
    for together in CHAIN:
        with subtests.test(str(together)), transaction.atomic(), without_triggers() as cursor:
            for statement in together:
                cursor.execute(statement.format(**words))
            found = list_findings()
            transaction.set_rollback(True)
            for finding in together.values():
                assert any(finding.format(**words) in text for text in found), (finding, found)


@pytest.mark.release
@pytest.mark.only_on("sqlite", reason="PostgreSQL refuses such values")
@each(
    ("statement", "check"),
    [
        ("UPDATE ledger_leaf SET row_hash = 'x' WHERE number = 5", "chain"),
        ("UPDATE ledger_leaf SET number = 'x' WHERE number = 5", "chain"),
        ("UPDATE ledger_leaf SET year = 'x' WHERE number = 5", "chain"),
        ("UPDATE ledger_seal SET day = '2026-13-45' WHERE signature = ''", "seals"),
        ("UPDATE consultations_agendaentry SET number = 'x' WHERE number = 1", "agenda numbers"),
    ],
)
def test_what_cannot_be_read_stops_one_check_only(statement: str, check: str, record: Staff) -> None:
    with without_triggers() as cursor:
        cursor.execute(COPY)
        cursor.execute(statement)
    found = list_findings()
    assert any(text.startswith(f"{check}: cannot be read further") for text in found), found
    assert any(text.startswith("consultations_event 1000000000: inserted") for text in found), found


@pytest.mark.release
@pytest.mark.only_on("sqlite", reason="PostgreSQL refuses such values")
def test_a_text_that_django_reads_as_no_day_is_found(record: Staff) -> None:
    """The database compares the text, so the appointment would end for its queries."""
    appointment = Appointment.objects.filter(ends=None).order_by("pk")[0]
    with without_triggers() as cursor:
        cursor.execute("UPDATE office_appointment SET ends = '2026-11-x' WHERE id = %s", [appointment.pk])
    assert Appointment.objects.get(pk=appointment.pk).ends is None
    (finding,) = list_findings()
    assert finding.startswith(f"office_appointment {appointment.pk}: changed (ends);")


@pytest.mark.release
@each(
    ("part", "key", "finding"),
    [
        (1, "no key", "consultations_event no key: missing"),
        (1, "9" * 32, "consultations_event " + "9" * 32 + ": missing"),
        (4, "12", "reports_document 12: missing"),
        (99, "1", "its part 99 is unknown"),
    ],
)
def test_a_forged_row_of_the_queue_is_named_alone(part: int, key: str, finding: str, record: Staff) -> None:
    """The role of the application may write to the queue."""
    Pending.objects.create(part=part, key=key)
    AuditDeletion.objects.create(first_kept=2003, rows=0)
    append_leaves()
    found = list_findings()
    assert len(found) == 1
    assert finding in found[0]
    assert Pending.objects.count() == (part == 99)


@pytest.mark.release
def test_a_finding_says_since_which_seal_and_only_a_part_of_the_chain_is_verified(record: Staff) -> None:
    first, second = Seal.objects.order_by("pk")
    early, late = Event.objects.earliest("pk"), Event.objects.latest("pk")
    with without_triggers() as cursor:
        cursor.execute("UPDATE consultations_event SET title = 'x' WHERE id IN (%s, %s)", [early.pk, late.pk])
    since = [text.partition("sealed since ")[2] for text in list_findings()]
    assert since == [f"{seal.day} ({seal})" for seal in (first, second)]
    assert len(list_findings(year=first.year)) == 2
    assert list_findings(year=first.year - 1) == []
    (after,) = list_findings(after=first)
    assert after.startswith(f"consultations_event {late.pk}:")


def test_a_forged_chain_agrees_with_itself_but_not_with_a_seal_from_outside(record: Staff) -> None:
    """A superuser who changes a row and then makes all leaves and seals again."""
    seal = Seal.objects.latest("pk")
    with without_triggers() as cursor:
        first = Event.objects.earliest("pk")
        cursor.execute("UPDATE consultations_event SET title = 'x' WHERE id = %s", [first.pk])
        for leaf in list(Leaf.objects.order_by("pk")):
            cursor.execute("INSERT INTO ledger_pending (part, key) VALUES (%s, %s)", [leaf.part, leaf.key])
        cursor.execute("DELETE FROM ledger_seal")
        cursor.execute("DELETE FROM ledger_leaf")
        cursor.execute("DELETE FROM ledger_pending WHERE part IN (11, 12, 13, 45)")
    append_leaves()
    assert list_findings() == []
    assert "given head" in list_findings(copies={(seal.year, seal.number): seal.head})[0]


@pytest.mark.release
def test_a_changed_appointment_has_a_further_leaf(record: Staff) -> None:
    appointment, before = Appointment.objects.filter(ends=None).earliest("pk"), Leaf.objects.latest("pk").pk
    day = {"appointment": appointment, "ends": appointment.starts}
    change = changes.propose(changes.Kind.LAST_DAY, appointment.user, by=record.admin, **day)
    changes.confirm(change, by=record.kadis)
    assert list_findings() == []
    assert Leaf.objects.filter(pk__gt=before, part=9, key=str(appointment.pk)).count() == 1
    assert list_findings() == []


def test_each_part_has_a_number_of_its_own() -> None:
    numbers = [part.number for part in PARTS]
    assert len({*numbers}) == len(numbers)
