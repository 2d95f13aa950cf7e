"""The case and its records."""

from consultations.models.agenda import AgendaEntry, ComplaintTarget, NumberBook, StateTarget
from consultations.models.attachments import Attachment, GivenRequirement
from consultations.models.case import Case, Involvement
from consultations.models.history import Event
from consultations.models.identity import DataCorrection, HiddenIdentity, IdentityReveal, LinkAccess
from consultations.models.search import KnownWord, SearchText
from consultations.models.unofficial import CaseNote, StepDraft
from consultations.models.work import WorkItem

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
    "SearchText",
    "StateTarget",
    "StepDraft",
    "WorkItem",
]
