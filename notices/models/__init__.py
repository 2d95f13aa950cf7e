"""Models of the notices app: who is notified of a step, and the messages that are sent."""

from .message import NEEDS_STAFF, SEND_BY_HAND, Message
from .notice import GIVEN_UP, OF_ACCESS, STEPLESS, Kind, Mark, Notice, still_current

__all__ = [
    "GIVEN_UP",
    "NEEDS_STAFF",
    "OF_ACCESS",
    "SEND_BY_HAND",
    "STEPLESS",
    "Kind",
    "Mark",
    "Message",
    "Notice",
    "still_current",
]
