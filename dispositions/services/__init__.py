"""Services of steps 3, 4, 5 and 8."""

from .disposition import (
    assign,
    decline,
    dispose,
    hand_back,
    ratify,
    reassign,
    record_ratification,
    walk_in,
)
from .preparation import ask_opinion, prepare, record_opinion

__all__ = [
    "ask_opinion",
    "assign",
    "decline",
    "dispose",
    "hand_back",
    "prepare",
    "ratify",
    "reassign",
    "record_opinion",
    "record_ratification",
    "walk_in",
]
