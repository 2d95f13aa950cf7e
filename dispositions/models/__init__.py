"""Records of steps 3 to 5: disposition, assignment and preparation."""

from .disposition import Assignment, Disposition
from .preparation import Opinion, OpinionReminder, Preparation, StaffReview

__all__ = ["Assignment", "Disposition", "Opinion", "OpinionReminder", "Preparation", "StaffReview"]
