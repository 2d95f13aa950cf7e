"""The sealed columns of the database, by parts of rows, and the triggers that queue them.

To seal a table, add a line to `PARTS`. The triggers follow at the next `migrate`, which also queues the rows
that exist. A line never changes afterwards: its leaves are hashes of these columns in this order. A new
column gets a line of its own. For what is written later than its row, causes.py says what explains it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

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
from dispositions.models import (
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    RelayedOrder,
    Transfer,
)
from documents.models import Document, Handover, PaperEvent, StandingOrder
from kit.records import Trigger, create, declare, list_changes, refuse
from office.models import (
    AccessChange,
    Appointment,
    FactorRequirement,
    Position,
    RetentionRule,
    StaffCheck,
    User,
)
from reports.models import Enquiry, Report
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


@dataclass(frozen=True)
class Part:
    """Columns of a row that are written together: one leaf of each row.

    `filled` names the column that is empty until the part is written. Without it, the part is written with
    the row. A part that `may_change` has a further leaf for each change; if it also `may_go`, the deletion of
    the row has one. A part whose content may be erased names the path to its `case`: facts and texts are
    separate parts.
    """

    number: int
    model: type[Model]
    names: str
    filled: str = ""
    may_change: bool = False
    may_go: bool = False
    case: str = ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.names.split())

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def is_fixed(self) -> bool:
        """Whether the columns are written once, with the row."""
        return not self.filled and not self.may_change


PARTS = (
    Part(1, Event, "case_id number verb by_id title source target happened_at entered_at"),
    Part(2, AgendaEntry, "year number registered_at"),
    Part(3, AgendaEntry, "voided_case_id voided_by_id voided_at", filled="voided_at"),
    Part(4, Document, "kind case_id source_pk version replaces_id issued_by_id issuer issued_at"),
    Part(5, Document, "number numbered_by_id numbered_at", filled="number"),
    Part(6, Document, "file size sha256 signature signer", filled="sha256", case="case"),
    Part(7, Document, "revoked_at revoke_reason", filled="revoked_at"),
    Part(8, Appointment, "user_id position_id acting starts"),
    Part(9, Appointment, "ends", may_change=True),
    Part(10, Appointment, "ended_at ended_by_id", filled="ended_at"),
    Part(11, Seal, "day year number head at"),
    Part(12, Seal, "signature", filled="signature"),
    Part(13, Seal, "time_stamp", filled="time_stamp"),
    Part(14, AuditEntry, "at act user_id title address case_id target"),
    Part(15, AuditDeletion, "first_kept rows at"),
    Part(
        16,
        AccessChange,
        "kind user_id position_id acting starts ends appointment_id before value"
        " proposed_by_id proposed_at expires_at",
    ),
    Part(17, AccessChange, "outcome decided_by_id decided_at", filled="decided_at"),
    Part(18, User, "username is_active is_staff is_superuser", may_change=True),
    Part(19, Disposal, "rule years before codes rows proposed_by_id proposed_title proposed_at"),
    Part(20, Disposal, "decided_by_id decided_title decided_at is_approved reason", filled="decided_at"),
    Part(21, Erasure, "disposal_id part key at"),
    Part(22, Event, "note", filled="note", case="case"),
    Part(23, AgendaEntry, "void_reason", filled="void_reason", case="voided_case"),
    Part(24, Report, "case_id version by_id title at"),
    Part(
        25,
        Report,
        "general purpose scope basis activities results conclusion items closing",
        case="case",
    ),
    Part(26, Report, "forwarded_by_id forwarded_at cosigned_by_id cosigned_at", may_change=True),
    Part(27, Report, "accepted_by_id accepted_at accepted_title number", filled="accepted_at"),
    Part(28, Report, "corrected_at", filled="corrected_at"),
    Part(29, Handover, "document_id received_at by_id title at"),
    Part(30, Handover, "receiver", case="document__case"),
    Part(31, Absence, "person_id starts_at ends_at reason note entered_by_id entered_at"),
    Part(32, Absence, "ended_at ended_by_id", may_change=True),
    Part(33, Delegation, "absence_id source_id appointment_id by_id at"),
    Part(34, Attachment, "case_id purpose content_type size sha256 added_at added_by_id"),
    Part(35, Attachment, "name", case="case"),
    Part(36, Attachment, "removed_at removed_by_id", filled="removed_at"),
    Part(37, Attachment, "inert_sha256", filled="inert_sha256"),
    Part(38, Case, "code kind submitted_at", may_change=True),
    Part(39, StaffCheck, "at by_id shown"),
    Part(45, Seal, "root previous"),
    Part(46, WitnessedSeal, "origin day year number head text result at signature"),
    Part(70, Appointment, "order_number order_date", filled="order_date"),
    Part(71, AccessChange, "order_number order_date", filled="order_date"),
    Part(
        50,
        RelayedOrder,
        "case_id disposition_id assignment_id given_by_id given_title given_at way proof_id"
        " entered_by_id entered_title entered_at",
    ),
    Part(51, RelayedOrder, "answered_by_id answered_title answered_at is_ratified", filled="answered_at"),
    Part(55, Document, "signed_by_id signed_title signed_at way", filled="signed_at"),
    Part(56, Document, "original original_sha256 printed_at", filled="original_sha256", may_change=True),
    Part(75, Document, "printed_for_id printed_title", filled="printed_title", may_change=True),
    Part(57, PaperEvent, "document_id verb by_id title role at source target"),
    Part(58, PaperEvent, "note", filled="note", case="document__case"),
    Part(59, StandingOrder, "kind signer number dated by_id title at"),
    Part(60, StandingOrder, "ended_by_id ended_at", filled="ended_at"),
    Part(61, Enquiry, "case_id asked_at"),
    Part(62, Enquiry, "question", filled="question", case="case"),
    Part(63, Enquiry, "answered_by_id answered_title answered_at", filled="answered_at"),
    Part(64, Enquiry, "answer", filled="answer", case="case"),
    Part(80, Transfer, "case_id institution address by_id title at"),
    Part(81, Transfer, "reason", filled="reason", case="case"),
    Part(
        82,
        Transfer,
        "received_on receipt_number receiver_position confirmed_at recorded_by_id",
        filled="confirmed_at",
    ),
    Part(83, Transfer, "receiver_name receipt_note", filled="receiver_name", case="case"),
    Part(89, Case, "split_from_id", filled="split_from_id"),
    Part(85, Objection, "case_id received_at recorded_by_id recorded_title authority due"),
    Part(86, Objection, "reason", filled="reason", case="case"),
    Part(
        87,
        Objection,
        "is_granted decided_by_id decided_title decided_at decision_number decision_date scan_id",
        filled="decided_at",
    ),
    Part(88, Objection, "decision", filled="decision", case="case"),
    Part(90, DataCorrection, "case_id corrected by_id title at"),
    Part(91, DataCorrection, "sha256", filled="sha256", case="case"),
    Part(95, Document, "classification", filled="classification"),
    Part(97, AgendaEntry, "office_number office_number_by_id office_number_at", filled="office_number"),
    Part(96, PaperEvent, "dispatch", filled="dispatch"),
    Part(110, GivenRequirement, "case_id text attachment_id given_at"),
    Part(100, Disposal, "classification is_of_old_rule"),
    Part(
        101,
        DisposalAct,
        "disposal_id number verb by_id title at letter dated issuer text law_witness law_title"
        " supervision_witness supervision_title file sha256",
    ),
    Part(102, ArchiveTransfer, "kind codes rows receiver by_id title at"),
    Part(103, ArchiveTransfer, "package_sha256", filled="package_sha256"),
    Part(
        104,
        ArchiveTransfer,
        "received_by received_title letter dated file sha256 done_by_id done_title done_at is_done reason",
        filled="done_at",
    ),
    Part(105, ArchiveTransferItem, "transfer_id kind case_id"),
    Part(120, Case, "code submitted_at"),
    Part(121, Case, "identity is_independent complained_about_id merged_into_id", may_change=True),
    Part(122, Case.copied_to.through, "case_id division_id", may_change=True, may_go=True),
    Part(123, Disposition, "case_id by_id title at division_id instructions deadline copies"),
    Part(124, Disposition, "note", filled="note", case="case"),
    Part(125, Disposition, "ratified_by_id ratified_at ratified_title", filled="ratified_at"),
    Part(126, Assignment, "case_id by_id title at officer_id session_id"),
    Part(127, Assignment, "preparation reason", case="case"),
    Part(128, Assignment.companions.through, "assignment_id user_id"),
    Part(129, Endorsement, "case_id by_id title at division_id"),
    Part(130, Endorsement, "note", filled="note", case="case"),
    Part(145, Endorsement, "withdrawn_at", filled="withdrawn_at"),
    Part(131, Meeting, "case_id by_id title at starts_at replaces_id"),
    Part(132, Meeting, "place agenda invited short_notice_reason", case="case"),
    Part(133, Minutes, "meeting_id by_id title at led_by_id leader_title ended_at"),
    Part(134, Minutes, "attendees discussion conclusion", case="meeting__case"),
    Part(135, User, "name nip email", may_change=True),
    Part(136, Position, "title role division_id", may_change=True, may_go=True),
    Part(137, FactorRequirement, "role is_required grace_days", may_change=True, may_go=True),
    Part(138, Authenticator, "user_id type created_at", may_change=True, may_go=True),
    Part(139, SealingStart, "parts at"),
    Part(140, User, "is_active is_staff is_superuser", may_change=True),
    Part(141, Document, "confirmed_at", filled="confirmed_at"),
    Part(142, Document, "denied_at", filled="denied_at"),
    Part(143, Disposal, "stopped_at", filled="stopped_at"),
    Part(144, Attachment, "pictures_sha256", filled="pictures_sha256"),
)
PARTS_BY_NUMBER = {part.number: part for part in PARTS}
DOCUMENT = PARTS_BY_NUMBER[4]
FILE = PARTS_BY_NUMBER[6]
UPLOAD_NAME = PARTS_BY_NUMBER[35]
"""Its erasure is also that of the uploaded file, whose hash is a fact and stays."""
AUDIT = PARTS_BY_NUMBER[14]
"""The only part whose rows may be deleted: years that the audit log need not keep (retention.py)."""

START = PARTS_BY_NUMBER[139]
BASE = {part.model: part for part in reversed(PARTS) if part.is_fixed}
"""The part of each model whose leaf is made with the row."""


def install_all(using: str, **_signal: Any) -> None:
    """Queue the rows of new parts, whose changes need a cause from here on (receiver of `post_migrate`)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        create(connection, list_all_triggers(connection, tables))  # for the row below: other apps come later
        existing = _list_existing(connection, tables)
        for part in existing:
            _queue_existing(cursor, part)
    if START in existing:
        starts = SealingStart.objects.using(using)
        begun = {number for numbers in starts.values_list("parts", flat=True) for number in numbers}
        if new := [part.number for part in existing if part.number not in begun]:
            starts.create(parts=new)


@declare
def list_all_triggers(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers of the chain, of its queue, and of the acts of destruction."""
    leaves = Leaf._meta.db_table
    if {Pending._meta.db_table, leaves} <= {*tables}:
        gap = (
            f"NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM {leaves} "  # noqa: S608
            "WHERE year = NEW.year AND number = NEW.number - 1)"
        )
        yield Trigger(leaves, "no_gap", "INSERT", refuse(connection.vendor, "leaves have no gaps"), gap)
    if DisposalAct._meta.db_table in tables:
        yield from list_destruction_triggers(connection.vendor)
    for part in _list_existing(connection, tables):
        yield from list_triggers(part)


def _list_existing(connection: BaseDatabaseWrapper, tables: Collection[str]) -> list[Part]:
    """Return the parts whose columns exist. After a `migrate` to an earlier migration some do not."""
    found = list[Part]()
    if not {Pending._meta.db_table, Leaf._meta.db_table} <= {*tables}:
        return found
    with connection.cursor() as cursor:
        for table in dict.fromkeys(part.table for part in PARTS if part.table in tables):
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
            columns = {column[0] for column in cursor.description}
            found += [part for part in PARTS if part.table == table and {*part.columns} <= columns]
    return found


def list_destruction_triggers(vendor: str) -> Iterator[Trigger]:
    """Yield the triggers that refuse an act out of order, and the destruction of archives without its acts.

    The Kepala Dinas who decided is not the one who executes. A list that was approved under the old rule may
    be stored again after a restore.
    """
    acts, disposals = DisposalAct._meta.db_table, Disposal._meta.db_table
    early = (
        f"NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM {acts} "  # noqa: S608
        "WHERE disposal_id = NEW.disposal_id AND number = NEW.number - 1)"
    )
    yield Trigger(acts, "no_gap", "INSERT", refuse(vendor, "an act of destruction is missing"), early)
    kinds = ", ".join(f"'{kind}'" for kind in RetentionRule.ARCHIVES)
    alone = (
        f"NEW.is_approved AND NEW.rule IN ({kinds}) AND NOT EXISTS (SELECT 1 FROM {acts} AS decision "  # noqa: S608
        f"JOIN {acts} AS execution ON execution.disposal_id = decision.disposal_id "
        "WHERE decision.disposal_id = NEW.id AND decision.verb = 'decide' AND execution.verb = 'execute' "
        "AND decision.by_id = NEW.decided_by_id AND execution.by_id <> NEW.decided_by_id)"
    )
    refused = refuse(vendor, "archives are not destroyed by one decision")
    yield Trigger(disposals, "acts_insert", "INSERT", refused, f"NOT NEW.is_of_old_rule AND {alone}")
    yield Trigger(disposals, "acts_update", "UPDATE", refused, f"OLD.is_approved IS NULL AND {alone}")


def list_triggers(part: Part) -> Iterator[Trigger]:
    """Yield the triggers that queue a part when it is written, when it changes, and when it may go."""
    queue, queue_old = (
        f"INSERT INTO {Pending._meta.db_table} (part, key) VALUES ({part.number}, {_key(row)})"  # noqa: S608
        for row in ("NEW.", "OLD.")
    )
    if part.may_go:
        yield Trigger(part.table, f"ledger_{part.number}_delete", "DELETE", queue_old)
    filled = _is_filled(part, "NEW.") if part.filled else ""
    yield Trigger(part.table, f"ledger_{part.number}_insert", "INSERT", queue, filled)
    if not part.is_fixed:
        changed = list_changes(part.columns)
        condition = f"({changed}) AND {filled}" if filled else changed
        yield Trigger(part.table, f"ledger_{part.number}_update", "UPDATE", queue, condition)


def _queue_existing(cursor: Any, part: Part) -> None:
    """Queue all rows of a part that was never sealed: an upgrade, or a new line of `PARTS`."""
    for table in (Leaf._meta.db_table, Pending._meta.db_table):
        cursor.execute(f"SELECT 1 FROM {table} WHERE part = %s LIMIT 1", [part.number])  # noqa: S608
        if cursor.fetchone():
            return
    queue_all(cursor, part)


def queue_all(cursor: Any, part: Part) -> None:
    """Queue all rows of a part. A row that has its leaf gets no other."""
    where = f" WHERE {_is_filled(part)}" if part.filled else ""
    cursor.execute(
        f"INSERT INTO {Pending._meta.db_table} (part, key) "  # noqa: S608
        f"SELECT {part.number}, {_key()} FROM {part.table}{where} ORDER BY id"
    )


def _key(row: str = "") -> str:
    """Return the SQL of the key of a row: the same text on each database."""
    return f"replace(CAST({row}id AS text), '-', '')"


def _is_filled(part: Part, row: str = "") -> str:
    return f"CAST({row}\"{part.filled}\" AS text) <> ''"
