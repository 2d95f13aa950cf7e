"""The chain and its seals, and the lists of archives whose acts and erasures it seals."""

from trust.ledger.models.archive import (
    ArchiveTransfer,
    ArchiveTransferItem,
    Disposal,
    DisposalAct,
    Erasure,
)
from trust.ledger.models.seals import (
    HASH_BYTES,
    NO_SEAL,
    AuditDeletion,
    Leaf,
    Pending,
    RecordCheck,
    Seal,
    SealingStart,
    WitnessedSeal,
)

__all__ = [
    "HASH_BYTES",
    "NO_SEAL",
    "ArchiveTransfer",
    "ArchiveTransferItem",
    "AuditDeletion",
    "Disposal",
    "DisposalAct",
    "Erasure",
    "Leaf",
    "Pending",
    "RecordCheck",
    "Seal",
    "SealingStart",
    "WitnessedSeal",
]
