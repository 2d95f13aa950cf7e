"""Attacks of an insider on the record, and what finds each of them (docs/insider.md)."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from consultations.audit.models import AuditEntry
from consultations.enums import State
from consultations.intake.uploads import CheckedFile, attach, create_inert_copy
from consultations.models import AgendaEntry, Attachment, Case, Event, WorkItem
from documents.models import Document
from kit import clock
from kit.records import ERASED
from office.models import User
from reports.models import Report
from tests.factories import Staff, case_at, working_moment
from tests.ledger.conftest import COPY, list_findings, store_approval
from tests.ledger.test_edits import stored_key
from tests.shared_data import each
from tests.world import without_triggers
from trust.ledger.chain import append_leaves, get_head, link, store_erasures, to_key
from trust.ledger.models import Disposal, Erasure, Leaf, Pending, Seal
from trust.ledger.parts import PARTS
from trust.ledger.services import make_seal, seal_day
from trust.ledger.verification import FILE_SHARES, Verification

pytestmark = [pytest.mark.differs_by_database, pytest.mark.release]

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
    found = [text.partition(" (")[0] for text in list_findings()]
    how = "changed" if connection.vendor == "postgresql" else "missing"
    assert found[0] == f"trigger {trigger} of consultations_event: {how}"
    assert f"{FORGED}inserted without a leaf" in found


@each("is_changed", [False, True])
def test_a_forged_row_is_an_ordinary_leaf_after_the_last_seal(is_changed: bool, record: Staff) -> None:
    """A query finds neither it nor an earlier change. The seals prove that it did not exist."""
    seal = Seal.objects.latest("pk")
    run(COPY)
    if is_changed:
        with without_triggers() as cursor:
            cursor.execute("UPDATE consultations_event SET note = 'x' WHERE id = 1000000000")
    append_leaves()
    assert list_findings() == []
    leaf = Leaf.objects.get(part=1, key="1000000000")
    assert (leaf.year, leaf.number) > (seal.year, seal.number)


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
    early = Leaf.objects.filter(year=ahead.year).earliest("pk")
    assert (
        {f"seal of {seal.day} {seal}: its day has not come"}
        <= {*list_findings()}
        <= {
            f"seal of {seal.day} {seal}: its day has not come",
            f"leaf {early}: its year has not come",  # but for the last hours of a year
        }
    )
    assert not Pending.objects.exists()


def test_a_leaf_of_next_year_is_found_until_a_clock_may_be_there(staff: Staff) -> None:
    """Its year would be that of all later leaves. The chain goes on, and one leaf is named."""
    noon = dt.datetime(2033, 12, 31, 12, tzinfo=timezone.get_default_timezone())
    with clock.set_to(noon - dt.timedelta(days=180)):
        append_leaves()
        _year, _number, head = get_head()
        forged = {"part": 99, "key": "1", "row_hash": b"x" * 32, "head": link(head, b"x" * 32)}
        Leaf.objects.create(year=2034, number=1, **forged)
        AuditEntry.objects.create(act="LOGIN", user=staff.pkd)
        append_leaves()
    found = []
    for moment in (noon - dt.timedelta(days=180), noon - dt.timedelta(minutes=1), noon):
        with clock.set_to(moment):
            found.append([text for text in list_findings() if "part 99" not in text])
    assert found == [["leaf 2034/1: its year has not come"]] * 2 + [[]]


AGENDA = "UPDATE consultations_agendaentry SET {} WHERE voided_at IS NOT NULL"
UPLOAD = "UPDATE consultations_attachment SET {} WHERE purpose = 'MATERIAL' AND inert_copy <> ''"
PENDING = "INSERT INTO ledger_pending (id, part, key) VALUES ({}, 1, '1')"
REFUSED = [
    *((AGENDA.format(change), "append-only") for change in ("number = number + 1000", "voided_at = NULL")),
    (AGENDA.format("registered_at = '2001-01-01 00:00:00'"), "append-only"),
    (AGENDA.format("void_reason = 'Alasan lain'"), "append-only"),
    ("DELETE FROM consultations_agendaentry WHERE voided_at IS NOT NULL", "append-only"),
    *((UPLOAD.format(f"{name} = '{'0' * 64}'"), "") for name in ("sha256", "inert_sha256")),
    *((UPLOAD.format(change), "") for change in ("purpose = 'PHOTO'", "name = 'lain.pdf'")),
    (UPLOAD.format("file = '', inert_copy = '', removed_at = '2026-09-07', removed_by_id = 1"), ""),
    *((PENDING.format(key), "") for key in (0, -1, -(2**63))),
]
"""Statements that change a voided entry of the agenda book, the facts of an upload, or the queue's end."""


@each(("statement", "error"), REFUSED)
def test_the_database_refuses_the_statement(statement: str, error: str, upload: Attachment) -> None:
    assert AgendaEntry.objects.filter(voided_case__isnull=False).count() == 1
    with pytest.raises(IntegrityError, match=error or None), transaction.atomic():
        run(statement)
    assert AgendaEntry.objects.exclude(voided_at=None).update(void_reason=ERASED) == 1, "it may be erased"


@of_sqlite
def test_no_key_of_a_sealed_row_is_used_again(db: None) -> None:
    """SQLite gives the key of a deleted last row to the next one, unless the table counts (AUTOINCREMENT).

    A document has a random key. Its `rowid` is no key: nothing reads it, and VACUUM may change it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
        counting = {name for (name,) in cursor.fetchall()}
    assert {part.model for part in PARTS if part.table not in counting} == {Document}
    assert {Leaf._meta.db_table, Pending._meta.db_table} <= counting


@of_sqlite
def test_a_row_in_the_place_of_the_last_one_is_a_change(record: Staff) -> None:
    last = Event.objects.latest("pk")
    copied = COPY.replace("1000000000", str(last.pk), 1)
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM consultations_event WHERE id = %s", [last.pk])
        cursor.execute(copied)
    assert any(text.startswith(f"consultations_event {last.pk}: changed") for text in list_findings())


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


@pytest.mark.parametrize("has_triggers", [True, False])
def test_a_case_cannot_borrow_the_approval_of_another(has_triggers: bool, disposal: Disposal) -> None:
    """Give a case the code that an approval lists, and erase its texts behind it."""
    borrower = Case.objects.exclude(code__in=disposal.codes).filter(history__note__gt="").earliest("pk")
    lender, event = Case.objects.get(code=disposal.codes[0]), borrower.history.exclude(note="").earliest("pk")
    exchanged = ((lender, "PALS-U234"), (borrower, lender.code), (lender, borrower.code))
    if has_triggers:
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=lender.pk).update(code="PALS-U234")
        return
    with without_triggers():
        for case, code in exchanged:
            Case.objects.filter(pk=case.pk).update(code=code)
    found = erase_by_hand(disposal, Event, event.pk, 22, note=ERASED)
    assert {text.partition(" (")[0] for text in found} == {
        f"consultations_case {case.pk}: changed" for case in (lender, borrower)
    }


def test_a_document_is_erased_under_an_approval_only(disposal: Disposal) -> None:
    documents = Document.objects.filter(case__code__in=disposal.codes)
    made, unmade = documents.exclude(sha256="")[0], documents.latest("issued_at", "pk")
    for document in (made, unmade):
        Document.objects.filter(pk=document.pk).update(erased_at=clock.now())
    subjects = [str(document.pk) for document in (made, unmade)]
    WorkItem.objects.filter(subject__in=subjects).update(done_at=clock.now())  # as the erasure does
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


ACTIVE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert)>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R/Size 4>>"""
"""A PDF with a script, so that its inert copy is another file."""


@pytest.fixture
def upload(record: Staff) -> Attachment:
    """An upload of a case that ended, with its inert copy, sealed."""
    file = CheckedFile(ACTIVE, "application/pdf", "surat.pdf")
    added = attach(Case.objects.get(state=State.CLOSED), file, purpose="MATERIAL", by=None)
    create_inert_copy.func(added.pk)
    append_leaves()
    assert list_findings() == []
    return Attachment.objects.get(pk=added.pk)


def test_a_changed_original_of_a_letter_signed_by_hand_is_found(record: Staff) -> None:
    """The scan shows what was signed only if the printed original is as it was."""
    letter = Document.objects.exclude(original="").get()
    path = str(letter.original)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"%PDF-1.4 forged"))
    key = to_key(letter.pk)
    assert list_findings() == [f"reports_document {key}: the file {path} was changed"]


@each("name", ["file", "inert_copy"])
@each("is_changed", [True, False])
def test_a_changed_or_missing_upload_is_found(name: str, is_changed: bool, upload: Attachment) -> None:
    """The original, and the copy that readers see."""
    path = str(getattr(upload, name))
    with default_storage.open(path) as file:
        content = file.read()
    default_storage.delete(path)
    if is_changed:
        default_storage.save(path, ContentFile(content + b" "))
    fact = "was changed" if is_changed else "cannot be read: FileNotFoundError"
    tonight = list_findings(share=upload.pk % FILE_SHARES)
    others = [[*Verification(share=upload.pk + 1)._check_uploads()] for _night in range(400)]
    default_storage.delete(path)  # the next row of the test has the same file
    default_storage.save(path, ContentFile(content))
    assert tonight == [f"consultations_attachment {upload.pk}: the file {path} {fact}"]
    assert [] in others, "another share"
    assert tonight in others, "read at random too, so that no night is safe: missed once in 700,000 runs"


@each(
    ("columns", "finding"),
    [
        ({"file": ""}, "its file was erased without an approval"),
        ({"inert_copy": ""}, "its file was erased without an approval"),
        ({"name": ERASED}, "changed (name)"),
        ({"name": ERASED, "file": "", "inert_copy": ""}, "changed (name)"),
    ],
)
def test_an_upload_that_is_emptied_without_an_approval_is_found(
    columns: dict[str, str], finding: str, upload: Attachment
) -> None:
    """The role of the application may do all of it."""
    Attachment.objects.filter(pk=upload.pk).update(**columns)
    append_leaves()
    (found,) = list_findings()
    assert found.startswith(f"consultations_attachment {upload.pk}: {finding}")


@each("rule", ["FILES", "REQUEST", "MESSAGES"])
def test_an_upload_is_erased_under_an_approval_that_lists_its_case(rule: str, upload: Attachment) -> None:
    """The file may already be gone, and still have its path."""
    head = User.objects.get(username="kadis")
    disposal = store_approval(rule, head, codes=[upload.case.code])
    Attachment.objects.filter(pk=upload.pk).update(name=ERASED)
    store_erasures(disposal, [(35, str(upload.pk))])
    append_leaves()
    found = list_findings()
    default_storage.delete(str(upload.file))
    found += list_findings()
    Attachment.objects.filter(pk=upload.pk).update(file="", inert_copy="")
    found += list_findings()
    assert [text.partition(";")[0] for text in set(found)] == (
        [f"consultations_attachment {upload.pk}: changed (name)"] if rule == "MESSAGES" else []
    )


def test_a_removed_photograph_is_no_finding_and_its_row_stays(record: Staff) -> None:
    removed = Attachment._base_manager.get(removed_by__isnull=False)
    assert not removed.file
    assert set(Leaf.objects.filter(key=str(removed.pk), part__in=[34, 35, 36]).values_list("part")) == {
        (34,),
        (35,),
        (36,),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment._base_manager.filter(pk=removed.pk).update(removed_at=None, removed_by=None)
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM consultations_attachment WHERE id = %s", [removed.pk])
    assert {text.partition(":")[0] for text in list_findings()} == {f"consultations_attachment {removed.pk}"}


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
        assert "ledger_pending -99: its part 99 is unknown" in list_findings()
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


@of_sqlite
@each(
    ("table", "change"),
    [
        ("reports_report", """items = replace(items, '{"kind"', '{"kind": "x", "kind"')"""),
        ("reports_report", "items = replace(items, ': ', ':')"),
        ("reports_report", """items = replace(items, '"text"', '"te\\u0078t"')"""),
        ("reports_report", "items = CAST(items AS BLOB)"),
        ("ledger_disposal", "codes = '[ ]'"),
        ("ledger_disposal", "is_approved = 1.5"),
        ("ledger_disposal", "is_approved = 'true'"),
        ("ledger_disposal", "is_approved = 2"),
        ("ledger_disposal", "rows = CAST(rows AS BLOB)"),
        ("ledger_disposal", "before = CAST(before AS BLOB)"),
        ("consultations_attachment", "name = CAST(name AS BLOB)"),
        ("consultations_attachment", "sha256 = unhex(sha256)"),
    ],
)
def test_what_queries_read_differently_is_a_change(table: str, change: str, record: Staff) -> None:
    """Python reads the last of two equal keys, SQLite the first. No query finds a hash as bytes."""
    with without_triggers() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")  # noqa: S608
        (pk,) = cursor.fetchone()
        cursor.execute(f"UPDATE {table} SET {change} WHERE id = {pk}")  # noqa: S608
    assert any(text.startswith(f"{table} {pk}: changed") for text in list_findings())


@of_sqlite
def test_an_erased_text_is_the_text_that_queries_read(disposal: Disposal) -> None:
    """A text behind an equal key is not erased."""
    report = Report.objects.get(case__code__in=disposal.codes)
    names = Report.erasable
    erased: dict[str, str] = dict.fromkeys(names, ERASED)
    item = '{"kind": "ADVICE", "text": %s"' + ERASED + '"}'
    for hidden, number in (("", 0), ('"Isi", "text": ', 1)):
        with transaction.atomic():
            erased["items"] = f"[{item % hidden}]"
            assert len(erase_by_hand(disposal, Report, report.pk, 25, **erased)) == number
            transaction.set_rollback(True)


@pytest.mark.differs_by_database
def test_a_kind_that_changes_without_a_step_is_named(record: Staff) -> None:
    """Conversions change it too, so the database allows it."""
    case = Case.objects.filter(kind="CONSULTATION").earliest("pk")
    Case.objects.filter(pk=case.pk).update(kind="COMPLAINT")
    append_leaves()
    found = [text for text in list_findings() if "without its cause" in text]
    assert [text.partition(" (")[0] for text in found] == [
        f"consultations_case {case.pk}: written without its cause"
    ]
