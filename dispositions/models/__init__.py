"""Records of steps 3 to 5: disposition, assignment and preparation."""

from .disposition import Assignment, Disposition, Endorsement
from .preparation import Opinion, OpinionReminder, Preparation, StaffReview

__all__ = [
    "Assignment",
    "Disposition",
    "Endorsement",
    "Opinion",
    "OpinionReminder",
    "Preparation",
    "StaffReview",
]
