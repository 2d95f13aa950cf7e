"""The case and its records."""

from .agenda import AgendaEntry, NumberBook
from .attachment import Attachment
from .case import Case
from .event import Event
from .preparation import Opinion, Preparation, StaffReview
from .search import SearchWord
from .session import Session, Slot

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "Event",
    "NumberBook",
    "Opinion",
    "Preparation",
    "SearchWord",
    "Session",
    "Slot",
    "StaffReview",
]
