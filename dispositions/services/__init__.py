"""Services of steps 3, 4, 5 and 8."""

from dispositions.services.disposition import (
    assign,
    decline,
    dispose,
    endorse,
    hand_back,
    ratify,
    reassign,
    record_ratification,
    walk_in,
)
from dispositions.services.preparation import (
    amend,
    ask_opinion,
    call_meeting,
    prepare,
    record_minutes,
    record_opinion,
    remind_agency,
)

__all__ = [
    "amend",
    "ask_opinion",
    "assign",
    "call_meeting",
    "decline",
    "dispose",
    "endorse",
    "hand_back",
    "prepare",
    "ratify",
    "reassign",
    "record_minutes",
    "record_opinion",
    "record_ratification",
    "remind_agency",
    "walk_in",
]
