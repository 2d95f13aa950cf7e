"""The records of the notices: who is told what, and the messages by which it goes out."""

from .message import Message
from .notice import Kind, Notice

__all__ = ["Kind", "Message", "Notice"]
