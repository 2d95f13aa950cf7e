"""Services: the applicant's rights, retaining a case, proposals to erase records and their execution."""

from .breach import report_breach
from .disposal import decide, propose
from .execution import erase_approved
from .retaining import release, retain
from .rights import ask_deletion, correct_contact, decide_deletion

__all__ = [
    "ask_deletion",
    "correct_contact",
    "decide",
    "decide_deletion",
    "erase_approved",
    "propose",
    "release",
    "report_breach",
    "retain",
]
