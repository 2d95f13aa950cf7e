"""The case and its records."""

from .agenda import AgendaEntry, NumberBook
from .attachment import Attachment
from .case import Case
from .draft import StepDraft
from .event import Event
from .identity import HiddenIdentity, IdentityReveal
from .involvement import Involvement
from .link_access import LinkAccess
from .search import KnownWord, SearchText
from .targets import ComplaintTarget, StateTarget

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "ComplaintTarget",
    "Event",
    "HiddenIdentity",
    "IdentityReveal",
    "Involvement",
    "KnownWord",
    "LinkAccess",
    "NumberBook",
    "SearchText",
    "StateTarget",
    "StepDraft",
]
