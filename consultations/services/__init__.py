"""Step 2 of the standard: the agenda, the official that a complaint is about; a new link for a lost one.

And the steps of the Pengawas in the independent channel.
"""

from .agenda import lapse, register, send_back, void
from .independent import conclude, dismiss, refer_up
from .link import renew_link
from .official import name_official

__all__ = [
    "conclude",
    "dismiss",
    "lapse",
    "name_official",
    "refer_up",
    "register",
    "renew_link",
    "send_back",
    "void",
]
