# ruff: noqa: S608 -- statements of an attacker
"""Edits that join several tables, and what finds each of them (docs/insider.md).

Past the triggers, each edit also gets new leaves for all rows of the tables that it touches: whoever can
write the database can queue them. With the role of the application, the triggers queue the rows.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations.enums import State
from consultations.models import Attachment, Case, Event
from dispositions.models import Disposition
from documents.models import PaperEvent
from reports.models import Report
from tests.factories import Staff, case_at
from tests.ledger.conftest import list_findings, store_approval
from tests.ledger.test_grants import of_postgresql, with_rights_of_role
from tests.world import without_triggers
from trust.ledger.chain import append_leaves, to_key
from trust.ledger.models import Leaf, Pending, Seal
from trust.ledger.parts import PARTS, queue_all

pytestmark = [pytest.mark.differs_by_database, pytest.mark.release]

FORGED = "it is a forged row with its leaf: sealed, dated and shown with a name like any other"
UNSEALED = "the seal of the day has not left the house, and all rows that tell of the step agree"


@dataclass(frozen=True)
class Edit:
    """Statements, and the beginning of the finding; without one, `why` nothing finds them.

    `remake` makes all leaves since the last seal again. `past_checks` names a constraint that is in the way.
    """

    name: str
    sql: str
    finds: str = ""
    why: str = ""
    remake: bool = False
    past_checks: tuple[str, str] | None = None


def event(verb: str, case: str, *, source: str = "state", target: str = "state", by: str = "{pkd}") -> str:
    """Return the statement that forges a step."""
    return (
        "INSERT INTO consultations_event (number, verb, title, source, target, happened_at, entered_at, "
        f"note, by_id, case_id) SELECT 2, '{verb}', 'Tim PKD', "
        f"{source}, {target}, '{{now}}', '{{now}}', 'palsu', "
        f"{by}, id FROM consultations_case WHERE id = {case};"
    )


def change(kind: str, outcome: str, decided_by: str = "{kadis}") -> str:
    """Return the statement that forges a change of access of the officer."""
    decided_at = "'{now}'" if outcome else "NULL"
    return (
        "INSERT INTO office_accesschange (kind, user_id, acting, order_number, before, value, "
        f"proposed_by_id, proposed_at, expires_at, outcome, decided_by_id, decided_at) VALUES ('{kind}', "
        f"{{petugas}}, '', '', "
        f"'', '', {{admin}}, '{{now}}', '{{now}}', '{outcome}', {decided_by if outcome else 'NULL'}, "
        f"{decided_at});"
    )


def entry(act: str, target: str, user: str = "{admin}") -> str:
    """Return the statement that forges an entry of the audit log."""
    return (
        "INSERT INTO audit_auditentry (at, act, user_id, title, address, target) "
        f"VALUES ('{{now}}', '{act}', {user}, 'Administrator', '', '{target}');"
    )


CODES = """
UPDATE consultations_case SET code = 'PALS-U234' WHERE id = {closed};
UPDATE consultations_case SET code = '{closed_code}' WHERE id = {second};
UPDATE consultations_case SET code = '{second_code}' WHERE id = {closed};
"""
CONVERSIONS = "".join(
    event(verb, case) for case in ("{closed}", "{second}") for verb in ("to_complaint", "to_consultation")
)
ERASE = """
UPDATE consultations_event SET note = '[dihapus]' WHERE case_id = {second} AND note <> '';
INSERT INTO ledger_erasure (disposal_id, part, key, at)
SELECT {disposal}, 22, CAST(id AS text), '{now}' FROM consultations_event
WHERE case_id = {second} AND note = '[dihapus]';
"""
ADMIN = "UPDATE office_user SET is_staff = TRUE WHERE id = {petugas};"
ABOUT = "UPDATE consultations_case SET complained_about_id = {petugas} WHERE id = {complaint};"
ORIGINAL = """
UPDATE reports_document SET original = 'documents/palsu.pdf', original_sha256 = '{hash}', printed_at = '{now}'
WHERE id = '{letter}';
"""
PRINT = """
INSERT INTO reports_paperevent (document_id, verb, by_id, title, role, at, source, target, note, dispatch)
VALUES ('{letter}', 'print', {sekretariat}, 'Sekretariat', '', '{now}', '%s', '%s', '', '');
"""
AUTHOR = "UPDATE consultations_event SET by_id = {petugas}, title = 'Petugas' WHERE id = {disposing};"
REVOKE = "UPDATE reports_document SET revoked_at = '{now}', revoke_reason = 'Salah' WHERE id = '{letter}';"
WITHDRAWN = (
    "UPDATE consultations_case SET state = 'WITHDRAWN', turn = NULL, end_reason = 'x' WHERE id = {open};"
)
COMPANION = "INSERT INTO consultations_case_companions (case_id, user_id) VALUES ({open}, {elsewhere});"
NAMED = """
INSERT INTO dispositions_assignment_companions (assignment_id, user_id) VALUES ({assignment}, {elsewhere});
"""
INVOLVED = "INSERT INTO consultations_involvement (case_id, user_id) VALUES ({open}, {elsewhere});"
SHEET = """
INSERT INTO dispositions_disposition (case_id, by_id, title, at, division_id, instructions, copies, note,
ratified_title) VALUES ({open}, {kadis}, 'Kepala Dinas', '{now}', {division}, '[]', '[]', '', '');
UPDATE consultations_case SET division_id = {division} WHERE id = {open};
"""
APPOINTED = """
INSERT INTO office_appointment (user_id, position_id, acting, order_number, starts)
SELECT {petugas}, id, '', '', '2026-01-01' FROM office_position WHERE role = 'HEAD';
"""
EXTENDED = "UPDATE office_appointment SET ends = '2099-12-31' WHERE id = {expired};"
FACTOR = """
INSERT INTO mfa_authenticator (user_id, type, data, created_at)
VALUES ({petugas}, 'totp', '{empty}', '{now}');
"""
GONE = "INSERT INTO ledger_pending (part, key) VALUES (138, '{factor}');"
NO_FACTOR = "DELETE FROM mfa_authenticator WHERE user_id = {kadis};"
LETTERS = "UPDATE consultations_numberbook SET taken = taken + %s WHERE series = 'LETTER';"
REMOVED = """
UPDATE consultations_attachment SET removed_at = '{now}', removed_by_id = {petugas}, file = '',
inert_copy = ''
WHERE id = {upload};
"""
OF_SESSION = ("consultations_attachment", "only_files_of_a_session_are_removed")
NOTE = "UPDATE consultations_event SET note = 'Disisipkan' WHERE id = {without_note};"
RENAMED = "UPDATE office_user SET name = 'Orang Lain' WHERE id = {kadis};"
START = "INSERT INTO ledger_sealingstart (parts, at) VALUES ('[18, 121, 140]', '{now}');"

USER, CASE, PAPER = (
    "office_user {petugas}: ",
    "consultations_case {complaint}: ",
    "reports_document {letter}: ",
)
REPORT, NO_CAUSE = "reports_report {report}: ", "written without its cause"

ROWS = (
    Edit("is_staff", ADMIN, USER + NO_CAUSE),
    Edit("renamed account", RENAMED, "office_user {kadis}: " + NO_CAUSE),
    Edit(
        "address of an account",
        "UPDATE office_user SET email = 'x@example.org' WHERE id = {kadis};",
        "office_user {kadis}: " + NO_CAUSE,
    ),
    Edit("closed account", "UPDATE office_user SET is_active = FALSE WHERE id = {petugas};", USER + NO_CAUSE),
    Edit(
        "forwarded by another",
        "UPDATE reports_report SET forwarded_by_id = {elsewhere} WHERE id = {report};",
        REPORT + NO_CAUSE,
    ),
    Edit(
        "initialled by another",
        "UPDATE reports_report SET cosigned_by_id = {elsewhere}, cosigned_at = '{now}' WHERE id = {report};",
        REPORT + NO_CAUSE,
    ),
    Edit("revoked letter", REVOKE, PAPER + NO_CAUSE),
    Edit("complained_about", ABOUT, CASE + NO_CAUSE),
    Edit(
        "disposition of another",
        "UPDATE dispositions_disposition SET by_id = {petugas} WHERE id = {sheet};",
        "dispositions_disposition {sheet}: changed",
    ),
    Edit("minutes", "UPDATE dispositions_minutes SET conclusion = 'Lain';", "dispositions_minutes"),
    Edit("second factor removed", NO_FACTOR, "mfa_authenticator"),
    Edit("second factor added", FACTOR, "mfa_authenticator"),
    Edit("number book ahead", LETTERS % 50, "number book of"),
    Edit("number book behind", LETTERS % -1, "number book of"),
    Edit(
        "is_independent",
        "UPDATE consultations_case SET is_independent = TRUE, state = 'EXAMINING' WHERE id = {complaint};",
        CASE,
        past_checks=("consultations_case", "independent_channel_is_apart"),
    ),
    Edit(
        "identity",
        "UPDATE consultations_case SET identity = 'CONFIDENTIAL' WHERE id = {complaint};",
        CASE,
        past_checks=("consultations_case", "contact_known_unless_hidden"),
    ),
    Edit("state", WITHDRAWN, "consultations_case {open}: its state"),
    Edit(
        "officer",
        "UPDATE consultations_case SET officer_id = {elsewhere} WHERE id = {open};",
        "consultations_case {open}: its officer",
    ),
    Edit(
        "division",
        "UPDATE consultations_case SET division_id = {other_division} WHERE id = {open};",
        "consultations_case {open}: its division",
    ),
    Edit(
        "copy to another division",
        "INSERT INTO consultations_case_copied_to (case_id, division_id) "
        "VALUES ({closed}, {other_division});",
        "consultations_case_copied_to",
    ),
    Edit("involved", INVOLVED, "consultations_involvement"),
    Edit("companion", COMPANION, "consultations_case_companions"),
    Edit("companion of an assignment", NAMED, "dispositions_assignment_companions"),
    Edit(
        "role of a position",
        "UPDATE office_position SET role = 'HEAD', division_id = NULL WHERE id = {position};",
        "office_position {position}: ",
    ),
    Edit(
        "requirement of a second factor",
        "UPDATE office_factorrequirement SET is_required = FALSE;",
        "office_factorrequirement",
    ),
    Edit("last day of an appointment", EXTENDED, "office_appointment {expired}: "),
    Edit("appointment", APPOINTED, "office_appointment"),
    Edit("note of a step that had none", NOTE, "consultations_event {without_note}: "),
)
"""Single rows: what the role of the application changed without a finding, and what else decides."""

PAIRS = (
    Edit("codes exchanged behind forged conversions", CODES + CONVERSIONS, "consultations_case {second}: "),
    Edit(
        "notes of B erased behind the approval of A",
        CODES + CONVERSIONS + ERASE,
        "consultations_case {second}: ",
    ),
    Edit("administrator with a refused proposal", ADMIN + change("GRANT_ADMIN", "REFUSED"), USER),
    Edit("administrator with an open proposal", ADMIN + change("GRANT_ADMIN", ""), USER),
    Edit("administrator with a proposal of something else", ADMIN + change("PASSWORD", "CONFIRMED"), USER),
    Edit("administrator with an entry of the log", ADMIN + entry("ACCESS", "Perubahan 1, disetujui"), USER),
    Edit("administrator with another start", START + ADMIN, USER),
    Edit(
        "administrator with a proposal that is confirmed",
        ADMIN + change("GRANT_ADMIN", "CONFIRMED"),
        why=FORGED,
    ),
    Edit(
        "proposal that is confirmed without its effect",
        change("GRANT_ADMIN", "CONFIRMED"),
        USER + "its is_staff",
    ),
    Edit("closed account that is open", change("CLOSE_ACCOUNT", "CONFIRMED", "NULL"), USER + "its is_active"),
    Edit(
        "renamed account with an entry of the log",
        RENAMED + entry("ACCESS", "Diubah: pengguna “Orang Lain”"),
        why=FORGED,
    ),
    Edit(
        "factor removed with an entry of a login",
        NO_FACTOR + entry("SECOND_FACTOR", "dipakai", "{kadis}"),
        "mfa_",
    ),
    Edit(
        "factor removed with its entry",
        NO_FACTOR + GONE + entry("SECOND_FACTOR", "dihapus", "{kadis}"),
        why=FORGED,
    ),
    Edit(
        "factor added in the name of another",
        FACTOR + entry("SECOND_FACTOR", "dipasang"),
        "mfa_authenticator",
    ),
    Edit("appointment with a refused proposal", APPOINTED + change("EMAIL", "REFUSED"), "office_appointment"),
    Edit(
        "last day with a proposal of something else",
        EXTENDED + change("NIP", "CONFIRMED"),
        "office_appointment",
    ),
    Edit("letter removed like a photograph", REMOVED, "consultations_attachment", past_checks=OF_SESSION),
    Edit(
        "letter removed with a forged step",
        REMOVED + event("record_attendance", "{closed}", by="{petugas}"),
        "consultations_attachment: 1 rows against",
        past_checks=OF_SESSION,
    ),
    Edit("original beside an issued letter", ORIGINAL, PAPER + NO_CAUSE),
    Edit("original with a print of an issued letter", ORIGINAL + PRINT % ("SENT", "SENT"), PAPER + NO_CAUSE),
    Edit(
        "original with a print that continues nothing",
        ORIGINAL + PRINT % ("SIGNATURE", "SENT"),
        "reports_paperevent",
    ),
    Edit(
        "original with a print that undoes the issue",
        ORIGINAL + PRINT % ("SIGNATURE", "SIGNATURE"),
        "reports_",
    ),
    Edit(
        "author of a step, leaves made again",
        AUTHOR,
        "dispositions_disposition {last_sheet}: no step",
        remake=True,
    ),
    Edit(
        "author of a step and of its sheet",
        AUTHOR + "UPDATE dispositions_disposition SET by_id = {petugas} WHERE id = {last_sheet};",
        "consultations_event {disposing}: changed",
    ),
    Edit(
        "author of a step and of its sheet, leaves made again",
        AUTHOR + "UPDATE dispositions_disposition SET by_id = {petugas} WHERE id = {last_sheet};",
        why=UNSEALED,
        remake=True,
    ),
    Edit(
        "author of an acceptance, leaves made again",
        "UPDATE reports_report SET accepted_by_id = {petugas} WHERE id = {report};",
        REPORT,
        remake=True,
    ),
    Edit(
        "revoked letter with a step that ends no paper",
        REVOKE + event("correct_data", "{closed}"),
        PAPER + NO_CAUSE,
    ),
    Edit(
        "revoked letter with a withdrawal that the case did not make",
        REVOKE + event("withdraw", "{closed}", target="'WITHDRAWN'"),
        "consultations_case {closed}: its state",
    ),
    Edit(
        "complained_about with a step of another case",
        ABOUT + event("name_official", "{closed}"),
        CASE + NO_CAUSE,
    ),
    Edit("complained_about with a forged step", ABOUT + event("name_official", "{complaint}"), why=FORGED),
    Edit(
        "state with a step that continues nothing",
        WITHDRAWN + event("withdraw", "{open}", source="'SUBMITTED'", target="'WITHDRAWN'"),
        "consultations_event",
    ),
    Edit(
        "state before its step",
        event("withdraw", "{open}", target="'WITHDRAWN'") + WITHDRAWN,
        "consultations_case {open}: its work items",
    ),
    Edit("sheet without a step", SHEET, "dispositions_disposition"),
    Edit(
        "sheet with a step of another person", SHEET + event("dispose", "{open}"), "dispositions_disposition"
    ),
    Edit("sheet with its step", SHEET + event("dispose", "{open}", by="{kadis}"), why=FORGED),
    Edit(
        "companion with an old assignment", COMPANION + NAMED + INVOLVED, "dispositions_assignment_companions"
    ),
    Edit("companion who is involved", COMPANION + INVOLVED, "consultations_case_companions"),
    Edit(
        "book behind, letter numbered again",
        LETTERS % -1 + "UPDATE reports_document SET number = '1/X' WHERE id = '{letter}';",
        PAPER + "changed",
    ),
    Edit(
        "case deleted with its history",
        "DELETE FROM consultations_event WHERE case_id = {second}; "
        "DELETE FROM consultations_case WHERE id = {second};",
        "consultations_case {second}: missing",
    ),
)
"""Several rows at once."""


def context(staff: Staff) -> dict[str, Any]:
    """Return what the statements name."""
    closed = Case.objects.get(state=State.CLOSED)
    complaint = Case.objects.filter(kind="COMPLAINT", state=State.SUBMITTED).latest("pk")
    second = (
        Case.objects.filter(history__note__gt="", kind="CONSULTATION").exclude(pk=closed.pk).earliest("pk")
    )
    last = Disposition.objects.latest("pk")
    disposing = Event.objects.filter(verb__in=("dispose", "dispose_for"), case=last.case).latest("pk")
    serving = Case.objects.filter(state__in=("SCHEDULED", "HELD", "REPORTED"))
    opened = serving.filter(assignments__companions__isnull=False).order_by("pk")[0]
    letter = PaperEvent.objects.filter(verb="scan").latest("pk").document
    disposal = store_approval("REQUEST", staff.kadis, proposed_by=staff.pkd, codes=[closed.code])
    people = {name: getattr(staff, name).pk for name in vars(staff)}
    return people | {
        "now": f"{timezone.now():%Y-%m-%d %H:%M:%S}",
        "empty": "{}",
        "hash": "a" * 64,
        "closed": closed.pk,
        "closed_code": closed.code,
        "second": second.pk,
        "second_code": second.code,
        "complaint": complaint.pk,
        "open": opened.pk,
        "assignment": opened.assignments.latest("pk").pk,
        "disposal": disposal.pk,
        "report": Report.objects.get(case=closed).pk,
        "sheet": closed.dispositions.latest("pk").pk,
        "last_sheet": last.pk,
        "disposing": disposing.pk,
        "letter": to_key(letter.pk),
        "upload": Attachment.objects.filter(case=closed, purpose="MATERIAL").latest("pk").pk,
        "division": staff.division.pk,
        "other_division": staff.other_division.pk,
        "position": staff.petugas.appointments.latest("pk").position_id,
        "factor": Authenticator.objects.get(user=staff.kadis).pk,
        "expired": staff.expired.appointments.latest("pk").pk,
        "without_note": Event.objects.filter(note="").earliest("pk").pk,
    }


@contextmanager
def past_checks(edit: Edit) -> Iterator[None]:
    """Let the database accept a row against a check, as its owner could."""
    if not edit.past_checks:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = 1")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = 0")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE {} DROP CONSTRAINT {}".format(*edit.past_checks))
            yield


def run(cursor: Any, edit: Edit, words: dict[str, Any]) -> None:
    for statement in edit.sql.split(";"):
        if statement.strip():
            cursor.execute(statement.format(**words))


def queue_touched(cursor: Any, edit: Edit) -> None:
    tables = set(re.findall(r"(?:UPDATE|INTO|FROM) (\w+)", edit.sql))
    for part in PARTS:
        if part.table in tables:
            queue_all(cursor, part)


def remake_leaves(cursor: Any) -> None:
    """Make the leaves since the last seal again, as if they had just been queued."""
    last = Seal.objects.latest("pk")
    sealed = Leaf.objects.get(year=last.year, number=last.number).pk
    again = list(Leaf.objects.filter(pk__gt=sealed).order_by("pk").values_list("part", "key"))
    cursor.execute("DELETE FROM ledger_leaf WHERE id > %s", [sealed])
    Pending.objects.bulk_create(Pending(part=part, key=key) for part, key in again)


def judge(edit: Edit, found: list[str], words: dict[str, Any]) -> None:
    """Assert that the edit is found, or hidden for its reason."""
    if edit.why:
        assert found == [], f"{edit.name} is found: {found}"
    else:
        assert any(text.startswith(edit.finds.format(**words)) for text in found), f"{edit.name}: {found}"


def test_each_edit_past_the_triggers_is_found_or_named(record: Staff, subtests: pytest.Subtests) -> None:
    """As a superuser, or whoever writes the SQLite file."""
    case_at(State.DISPOSED, record)  # after the last seal
    words = context(record)
    append_leaves()
    found = list_findings()
    assert found == [], "\n".join(found)
    assert len(PAIRS) >= 11 + 25
    last = Seal.objects.latest("pk")
    for edit in ROWS + PAIRS:
        with subtests.test(edit.name), transaction.atomic():
            with past_checks(edit), without_triggers() as cursor:
                if edit.remake:
                    cursor.execute("DELETE FROM ledger_seal WHERE id = %s", [last.pk])
                    cursor.execute(
                        "DELETE FROM ledger_leaf WHERE part IN (11, 45) AND key = %s", [str(last.pk)]
                    )
                run(cursor, edit, words)
                if edit.remake:
                    remake_leaves(cursor)
                else:
                    queue_touched(cursor, edit)
            append_leaves()
            found = list_findings()
            transaction.set_rollback(True)
            judge(edit, found, words)


@of_postgresql
def test_each_edit_of_the_role_is_refused_found_or_named(record: Staff, subtests: pytest.Subtests) -> None:
    case_at(State.DISPOSED, record)  # after the last seal
    words = context(record)
    append_leaves()
    with with_rights_of_role():
        for edit in ROWS + PAIRS:
            with subtests.test(edit.name), transaction.atomic():
                try:
                    with transaction.atomic(), connection.cursor() as cursor:
                        run(cursor, edit, words)
                except DatabaseError:
                    continue
                append_leaves()
                found = list_findings()
                transaction.set_rollback(True)
                judge(edit, found, words)
