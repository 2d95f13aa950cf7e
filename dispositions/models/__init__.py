"""Records of steps 3 to 5: disposition, assignment and preparation."""

from .disposition import MEETING, Assignment, Disposition, Endorsement
from .meeting import Meeting, Minutes
from .preparation import Opinion, OpinionReminder, Preparation, StaffReview

__all__ = [
    "MEETING",
    "Assignment",
    "Disposition",
    "Endorsement",
    "Meeting",
    "Minutes",
    "Opinion",
    "OpinionReminder",
    "Preparation",
    "StaffReview",
]
