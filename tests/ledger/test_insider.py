"""Attacks of an insider on the record, and what finds each of them (docs/insider.md)."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from consultations.audit.models import AuditEntry
from consultations.enums import State
from consultations.models import AgendaEntry, Case, Event
from kit import clock
from kit.records import ERASED
from office.models import User
from reports.models import Document, Report
from tests.factories import Staff, case_at, working_moment
from tests.ledger.conftest import COPY, list_findings, store_approval
from tests.ledger.test_edits import stored_key
from tests.shared_data import each
from tests.without_triggers import without_triggers
from trust.ledger.chain import append_leaves, get_head, link, store_erasures, to_key
from trust.ledger.models import Disposal, Erasure, Leaf, Pending, Seal
from trust.ledger.services import make_seal, seal_day
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
    assert list_findings() == [
        f"seal of {day} {leaf}: its day has not come",
        f"seal of {day} {leaf}: it has no tree, although the one before has",
    ]


def test_a_clock_that_was_a_year_ahead_leaves_a_seal_of_a_day_to_come(record: Staff) -> None:
    ahead = clock.now() + dt.timedelta(days=365)
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


def erase_by_hand(disposal: Disposal, model: Any, pk: Any, part: int, **texts: str) -> list[str]:
    """Change columns with the rights of a superuser, behind an erasure; return the findings."""
    with without_triggers() as cursor:
        columns = ", ".join(f'"{name}" = %s' for name in texts)
        cursor.execute(f"UPDATE {model._meta.db_table} SET {columns} WHERE id = %s", [*texts.values(), pk])  # noqa: S608
    Erasure.objects.create(disposal=disposal, part=part, key=to_key(pk))
    append_leaves()
    return list_findings()


@pytest.fixture
def disposal(record: Staff) -> Disposal:
    """An approval to erase the case that ended, and the one that was handed back."""
    assert list_findings() == []
    listed = Case.objects.filter(Q(state=State.CLOSED) | Q(history__verb="hand_back"))
    codes = list(listed.values_list("code", flat=True))
    return store_approval("REQUEST", record.kadis, proposed_by=record.pkd, codes=codes)


def test_an_erasure_covers_erased_texts_of_the_listed_cases_only(disposal: Disposal) -> None:
    noted = Event.objects.exclude(note="")
    own = noted.filter(case__code__in=disposal.codes).earliest("pk")
    foreign = noted.exclude(case__code__in=disposal.codes).earliest("pk")
    report = Report.objects.get(case__code__in=disposal.codes)
    for expected, edit in (
        (0, (Event, own.pk, 22, {"note": ERASED})),
        (1, (Event, own.pk, 22, {"note": "Dipalsukan"})),
        (1, (Event, foreign.pk, 22, {"note": ERASED})),
        (1, (Event, own.pk, 1, {"title": "Orang lain"})),
        (1, (Event, own.pk, 1, {"title": ERASED})),
        (1, (Report, report.pk, 25, {"results": ERASED, "general": "Dipalsukan"})),
        (1, (Report, report.pk, 27, {"accepted_title": "Orang lain"})),
    ):
        with transaction.atomic():
            model, pk, part, texts = edit
            found = erase_by_hand(disposal, model, pk, part, **texts)
            assert len(found) == expected, (edit, found)
            assert all(text.startswith(f"{model._meta.db_table} {pk}: changed") for text in found)
            transaction.set_rollback(True)


def test_a_document_is_erased_under_an_approval_only(disposal: Disposal) -> None:
    documents = Document.objects.filter(case__code__in=disposal.codes)
    made, unmade = documents.exclude(sha256="")[0], documents.latest("issued_at", "pk")
    for document in (made, unmade):
        Document.objects.filter(pk=document.pk).update(erased_at=clock.now())
    assert list_findings() == [
        f"reports_document {key}: its file was erased without an approval"
        for key in sorted({to_key(made.pk), to_key(unmade.pk)})
    ]
    store_erasures(disposal, [(6, to_key(document.pk)) for document in {made, unmade}])
    append_leaves()
    assert list_findings() == []
    with without_triggers() as cursor:
        cursor.execute("UPDATE reports_document SET signer = 'x' WHERE id = %s", [stored_key(made.pk)])
    (found,) = list_findings()
    assert found.startswith(f"reports_document {to_key(made.pk)}: changed")


def test_a_worker_whose_clock_is_behind_erases_under_the_approval(disposal: Disposal) -> None:
    document = Document.objects.filter(case__code__in=disposal.codes).exclude(sha256="")[0]
    Document.objects.filter(pk=document.pk).update(erased_at=clock.now())
    with clock.set_to(clock.now() - dt.timedelta(seconds=30)):
        store_erasures(disposal, [(6, to_key(document.pk))])
    append_leaves()
    assert list_findings() == []


def test_a_leaf_beyond_the_next_number_is_refused(record: Staff) -> None:
    """After the greatest number there could be no other leaf, and no seal."""
    year, _number, head = get_head()
    leaf = {"part": 1, "key": "1", "row_hash": b"x" * 32, "head": link(head, b"x" * 32)}
    with pytest.raises(IntegrityError, match="leaves have no gaps"), transaction.atomic():
        Leaf.objects.create(year=year, number=2**31 - 1, **leaf)


@each("key", [0, -1, -(2**63)])
def test_the_queue_has_no_place_below_one(key: int, record: Staff) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Pending.objects.create(pk=key, part=1, key="1")


@contextmanager
def unchecked(table: str, constraint: str) -> Iterator[None]:
    """Let the database accept rows against a check, as its owner could."""
    if connection.vendor == "sqlite":
        run("PRAGMA ignore_check_constraints = 1")
        yield
        run("PRAGMA ignore_check_constraints = 0")
    else:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        yield


def test_nothing_waits_unseen_in_the_queue(record: Staff) -> None:
    """Whoever may change the tables can remove the check. The place is handled like any other."""
    run(COPY)
    with unchecked("ledger_pending", "places_in_the_queue_are_positive"):
        Pending.objects.all().delete()
        for part in (1, 22):
            Pending.objects.create(pk=-part, part=part, key="1000000000")
        Pending.objects.create(pk=-99, part=99, key="1")
        assert list_findings() == ["ledger_pending -99: its part 99 is unknown"]
        assert Leaf.objects.filter(part=1, key="1000000000").exists()


def test_the_seal_is_made_although_the_queue_was_filled(record: Staff) -> None:
    Pending.objects.bulk_create(Pending(part=1, key=f"x{number}") for number in range(10_001))
    with clock.set_to(working_moment(3, 23)):
        assert seal_day()


def test_a_leaf_of_the_year_9999_ends_nothing(record: Staff) -> None:
    _year, _number, head = get_head()
    forged = {"part": 1, "key": "1", "row_hash": b"x" * 32}
    Leaf.objects.create(year=9999, number=1, head=link(head, b"x" * 32), **forged)
    case_at(State.SUBMITTED, record)
    append_leaves()
    assert get_head()[0] == clock.today().year
    found = list_findings()
    assert "leaf 9999/1: its year has not come" in found
    assert all("9999/1" in text for text in found)


@of_sqlite
@each("spelling", ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S+23:59", "%G-W%V-%u %H:%M:%S", "%Y-%m-%d"])
def test_another_spelling_of_a_moment_is_a_change(spelling: str, record: Staff) -> None:
    """SQLite compares texts: such an entry would move out of its day."""
    entry = AgendaEntry.objects.earliest("pk")
    text = entry.registered_at.astimezone(dt.UTC).strftime(spelling)
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE consultations_agendaentry SET registered_at = %s WHERE id = %s", [text, entry.pk]
        )
    (found,) = list_findings()
    assert found.startswith(f"consultations_agendaentry {entry.pk}: changed")
