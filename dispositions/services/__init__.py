"""Services of steps 3, 4, 5 and 8."""

from .assignment import assign, reassign
from .disposition import decline, dispose, endorse, hand_back, ratify, record_ratification
from .meetings import call_meeting, record_minutes
from .opinions import ask_opinion, record_opinion, remind_agency
from .preparation import amend, prepare
from .walk_in import walk_in

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
