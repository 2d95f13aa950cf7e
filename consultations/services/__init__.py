"""Step 2 of the standard: the agenda, and the official that a complaint is about."""

from .agenda import lapse, register, send_back, void
from .official import name_official

__all__ = ["lapse", "name_official", "register", "send_back", "void"]
