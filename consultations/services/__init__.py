"""The verbs of the standard that belong to the case itself: each records its work and moves the case."""

from .agenda import register, void
from .intake import complete, lapse, receive, send_back, submit, withdraw
from .official import name_official
from .preparation import ask_opinion, prepare, record_opinion
from .sessions import ask_time, finish, keep_time, no_show, reschedule, schedule, start

__all__ = [
    "ask_opinion",
    "ask_time",
    "complete",
    "finish",
    "keep_time",
    "lapse",
    "name_official",
    "no_show",
    "prepare",
    "receive",
    "record_opinion",
    "register",
    "reschedule",
    "schedule",
    "send_back",
    "start",
    "submit",
    "void",
    "withdraw",
]
