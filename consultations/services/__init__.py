"""Step 2 of the standard: the agenda, the official that a complaint is about; a new link for a lost one."""

from .agenda import lapse, register, send_back, void
from .link import renew_link
from .official import name_official

__all__ = ["lapse", "name_official", "register", "renew_link", "send_back", "void"]
