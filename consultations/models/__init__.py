"""The case and its records."""

from .agenda import AgendaEntry, NumberBook
from .attachment import Attachment
from .case import Case
from .event import Event
from .identity import HiddenIdentity, IdentityLook
from .search import SearchWord
from .targets import ComplaintTarget, StateTarget

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "ComplaintTarget",
    "Event",
    "HiddenIdentity",
    "IdentityLook",
    "NumberBook",
    "SearchWord",
    "StateTarget",
]
