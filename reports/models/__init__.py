"""Reports, their follow-up, and issued documents."""

from .advice import ReusableAdvice
from .document import FOR_APPLICANT, SLUGS, Document
from .follow_up import FollowUp
from .register import Register
from .report import Remark, Report, ReportNumber

__all__ = [
    "FOR_APPLICANT",
    "SLUGS",
    "Document",
    "FollowUp",
    "Register",
    "Remark",
    "Report",
    "ReportNumber",
    "ReusableAdvice",
]
