"""The sealed columns of the database, by parts of rows. Each part of a row is a leaf of the chain.

To seal a table, add a line to `PARTS`. The triggers follow at the next `migrate`, which also queues the rows
that exist. A line never changes afterwards: its leaves are hashes of these columns in this order. A new
column gets a line of its own.
"""

from dataclasses import dataclass

from django.db.models import Model

from consultations.audit.models import AuditEntry
from consultations.models import AgendaEntry, Event
from office.models import AccessChange, Appointment, User
from reports.models import Document
from trust.ledger.models import AuditDeletion, Disposal, Erasure, Seal


@dataclass(frozen=True)
class Part:
    """Columns of a row that are written together: one leaf of each row.

    `filled` names the column that is empty until the part is written. Without it, the part is written with
    the row. A part that `may_change` has a further leaf for each change.
    """

    number: int
    model: type[Model]
    columns: tuple[str, ...]
    filled: str = ""
    may_change: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def is_fixed(self) -> bool:
        """Whether the columns are written once, with the row."""
        return not self.filled and not self.may_change


def _part(
    number: int, model: type[Model], columns: str, *, filled: str = "", may_change: bool = False
) -> Part:
    return Part(number, model, tuple(columns.split()), filled, may_change)


PARTS = (
    _part(1, Event, "case_id number verb by_id title source target happened_at entered_at note"),
    _part(2, AgendaEntry, "year number registered_at"),
    _part(3, AgendaEntry, "voided_case_id voided_by_id voided_at void_reason", filled="voided_at"),
    _part(4, Document, "kind case_id source_pk version replaces_id issued_by_id issuer issued_at"),
    _part(5, Document, "number numbered_by_id numbered_at", filled="number"),
    _part(6, Document, "file size sha256 signature signer", filled="sha256"),
    _part(7, Document, "revoked_at revoke_reason", filled="revoked_at"),
    _part(8, Appointment, "user_id position_id acting starts"),
    _part(9, Appointment, "ends", may_change=True),
    _part(10, Appointment, "ended_at ended_by_id", filled="ended_at"),
    _part(11, Seal, "day year number head at"),
    _part(12, Seal, "signature", filled="signature"),
    _part(13, Seal, "time_stamp", filled="time_stamp"),
    _part(14, AuditEntry, "at act user_id title address case_id target"),
    _part(15, AuditDeletion, "first_kept rows at"),
    _part(
        16,
        AccessChange,
        "kind user_id position_id acting starts ends appointment_id before value"
        " proposed_by_id proposed_at expires_at",
    ),
    _part(17, AccessChange, "outcome decided_by_id decided_at", filled="decided_at"),
    _part(18, User, "username is_active is_staff is_superuser", may_change=True),
    _part(19, Disposal, "rule years before codes rows proposed_by_id proposed_title proposed_at"),
    _part(20, Disposal, "decided_by_id decided_title decided_at is_approved reason", filled="decided_at"),
    _part(21, Erasure, "disposal_id part key row_hash at"),
)
PARTS_BY_NUMBER = {part.number: part for part in PARTS}
DOCUMENT = PARTS_BY_NUMBER[4]
FILE = PARTS_BY_NUMBER[6]
AUDIT = PARTS_BY_NUMBER[14]
"""The only part whose rows may be deleted: years that the audit log need not keep (retention.py)."""
