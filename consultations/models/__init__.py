"""The case and its records."""

from consultations.models.agenda import AgendaEntry, ComplaintTarget, NumberBook, StateTarget
from consultations.models.case import Case
from consultations.models.history import (
    Attachment,
    Event,
    GivenRequirement,
    HiddenIdentity,
    IdentityReveal,
    Involvement,
    LinkAccess,
    StepDraft,
)
from consultations.models.search import KnownWord, SearchText

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "ComplaintTarget",
    "Event",
    "GivenRequirement",
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
