"""Attacks of an insider on the record, and what finds each of them (docs/insider.md)."""

import datetime as dt
import hashlib

import pytest
from django.db import connection, transaction

from consultations.audit.models import AuditEntry
from consultations.models import Event
from kit import clock
from office.models import User
from tests.factories import Staff
from tests.ledger.conftest import COPY, list_findings
from tests.shared_data import each
from tests.without_triggers import without_triggers
from trust.ledger.chain import append_leaves, get_head, link
from trust.ledger.models import Leaf, Pending, Seal
from trust.ledger.services import make_seal
from trust.ledger.verification import Verification

pytestmark = pytest.mark.differs_by_database

of_postgresql = pytest.mark.only_on("postgresql", reason="the value is PostgreSQL's own")
of_sqlite = pytest.mark.only_on("sqlite", reason="PostgreSQL refuses such values")

FORGED = "consultations_event 1000000000: "


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@each("is_right", [True, False])
def test_a_forged_leaf_proves_nothing(is_right: bool, record: Staff) -> None:
    """The role of the application may insert leaves. A second leaf of the same content changes nothing."""
    year, number, head = get_head()
    first = Leaf.objects.get(part=1, key=str(Event.objects.earliest("pk").pk))
    row_hash = bytes(first.row_hash) if is_right else hashlib.sha256(b"x").digest()
    linked = {"year": year, "number": number + 1, "head": link(head, row_hash)}
    Leaf.objects.create(part=1, key=first.key, row_hash=row_hash, **linked)
    append_leaves()
    assert len(list_findings()) == (0 if is_right else 1)


def test_a_row_that_is_taken_out_of_the_queue_has_no_leaf(record: Staff) -> None:
    """The role of the application may do both."""
    run(COPY)
    run("DELETE FROM ledger_pending")
    append_leaves()
    assert {text.partition(" (")[0] for text in list_findings()} == {f"{FORGED}inserted without a leaf"}


def test_a_row_past_a_replaced_trigger_has_no_leaf(record: Staff) -> None:
    trigger = "consultations_event_ledger_1_insert"
    if connection.vendor == "postgresql":
        body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        run(f"CREATE OR REPLACE FUNCTION {trigger}() {body}")
    else:
        run(f"DROP TRIGGER {trigger}")
    run(COPY)
    append_leaves()
    assert [text.partition(" (")[0] for text in list_findings()] == [f"{FORGED}inserted without a leaf"]


def test_a_forged_row_is_an_ordinary_leaf_after_the_last_seal(record: Staff) -> None:
    """Nothing finds it. But the seals prove that it did not exist before."""
    seal = Seal.objects.latest("pk")
    run(COPY)
    append_leaves()
    assert list_findings() == []
    leaf = Leaf.objects.get(part=1, key="1000000000")
    assert (leaf.year, leaf.number) > (seal.year, seal.number)


def test_a_change_before_the_leaf_is_made_is_not_found(record: Staff) -> None:
    """The job makes the leaf within half a minute."""
    run(COPY)
    with without_triggers() as cursor:
        cursor.execute("UPDATE consultations_event SET note = 'x' WHERE id = 1000000000")
    append_leaves()
    assert list_findings() == []


def test_a_seal_of_a_day_to_come_is_found(record: Staff) -> None:
    """It would prevent the real one. The role of the application may insert seals."""
    leaf = Leaf.objects.latest("pk")
    day = clock.today() + dt.timedelta(days=1)
    Seal.objects.create(day=day, year=leaf.year, number=leaf.number, head=bytes(leaf.head).hex())
    append_leaves()
    assert list_findings() == [f"seal of {day} {leaf}: its day has not come"]


def test_a_clock_that_was_a_year_ahead_leaves_a_seal_of_a_day_to_come(record: Staff) -> None:
    ahead = clock.now() + dt.timedelta(days=366)
    with clock.set_to(ahead):
        AuditEntry.objects.create(act="LOGIN", user=User.objects.order_by("pk")[0])
        append_leaves()
        seal = make_seal()
        assert seal
    AuditEntry.objects.create(act="LOGIN", user=User.objects.order_by("pk")[0])
    append_leaves()
    assert Leaf.objects.latest("pk").year == ahead.year
    assert list_findings() == [f"seal of {seal.day} {seal}: its day has not come"]
    assert not Pending.objects.exists()


def test_the_end_of_the_record_can_be_cut_off_but_for_the_seals_outside(record: Staff) -> None:
    """A superuser deletes the newest rows, their leaves and their seals. The chain agrees with itself."""
    first, last = Seal.objects.order_by("pk")
    with without_triggers() as cursor, transaction.atomic():
        for part, table in ((1, "consultations_event"), (14, "audit_auditentry"), (11, "ledger_seal")):
            keys = Leaf.objects.filter(part=part, pk__gt=get_pk(first)).values_list("key", flat=True)
            cursor.execute(f"DELETE FROM {table} WHERE id IN ({', '.join(keys) or 'NULL'})")  # noqa: S608
        cursor.execute("DELETE FROM ledger_leaf WHERE id > %s", [get_pk(first)])
        inside = list_findings()
        outside = list_findings(copies={(last.year, last.number): last.head})
        transaction.set_rollback(True)
    kinds = {text.partition(" ")[0] for text in inside}
    assert not {"consultations_event", "audit_auditentry", "leaves", "leaf", "seal"} & kinds
    assert f"given head {last}: the chain has no such leaf" in outside


def get_pk(seal: Seal) -> int:
    return Leaf.objects.get(year=seal.year, number=seal.number).pk


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("at = 'infinity'", marks=of_postgresql),
        pytest.param("at = '2026-13-45 00:00:00'", marks=of_sqlite),
        pytest.param("target = CAST(x'ff' AS TEXT)", marks=of_sqlite),
    ],
)
def test_the_verification_reads_all_leaves_although_one_row_is_unreadable(change: str, record: Staff) -> None:
    """A row that stops the verification would hide all changes after it."""
    first = "id = (SELECT min(id) FROM audit_auditentry)"
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE audit_auditentry SET {change} WHERE {first}")  # noqa: S608
    verification = Verification()
    found = list(verification.run())
    assert any("changed (at, act" in text for text in found)
    assert verification.leaves == Leaf.objects.count()
