"""The case and its records."""

from consultations.models.agenda import AgendaEntry, NumberBook
from consultations.models.attachment import Attachment
from consultations.models.case import Case
from consultations.models.history import (
    Event,
    HiddenIdentity,
    IdentityReveal,
    Involvement,
    LinkAccess,
    StepDraft,
)
from consultations.models.search import KnownWord, SearchText
from consultations.models.targets import ComplaintTarget, StateTarget

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
