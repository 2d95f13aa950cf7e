"""The records of the notices: who is told what, and the messages by which it goes out."""

from .message import Message
from .notice import STILL_ASKS, Kind, Notice

__all__ = ["STILL_ASKS", "Kind", "Message", "Notice"]
