"""The case and its records."""

from .agenda import AgendaEntry, NumberBook
from .attachment import Attachment
from .case import Case
from .draft import DraftFile, RequestDraft
from .event import Event
from .held_decision import HeldDecision
from .identity import HiddenIdentity, IdentityLook
from .preparation import Opinion, Preparation, StaffReview
from .search import SearchWord
from .session import Session, Slot

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "DraftFile",
    "Event",
    "HeldDecision",
    "HiddenIdentity",
    "IdentityLook",
    "NumberBook",
    "Opinion",
    "Preparation",
    "RequestDraft",
    "SearchWord",
    "Session",
    "Slot",
    "StaffReview",
]
