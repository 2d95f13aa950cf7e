"""The case and its records."""

from consultations.models.agenda import AgendaEntry, ComplaintTarget, NumberBook, StateTarget
from consultations.models.case import Case
from consultations.models.history import (
    Attachment,
    CaseNote,
    Event,
    GivenRequirement,
    Involvement,
    LinkAccess,
    Objection,
    StepDraft,
)
from consultations.models.identity import DataCorrection, HiddenIdentity, IdentityReveal
from consultations.models.search import KnownWord, SearchText

__all__ = [
    "AgendaEntry",
    "Attachment",
    "Case",
    "CaseNote",
    "ComplaintTarget",
    "DataCorrection",
    "Event",
    "GivenRequirement",
    "HiddenIdentity",
    "IdentityReveal",
    "Involvement",
    "KnownWord",
    "LinkAccess",
    "NumberBook",
    "Objection",
    "SearchText",
    "StateTarget",
    "StepDraft",
]
