"""Reports, their follow-up, issued documents, exports and daily figures."""

from .advice import ReusableAdvice
from .daily import DailyFigures
from .document import FOR_APPLICANT, SLUGS, Document
from .export import Export
from .follow_up import FollowUp
from .register import Register
from .report import Remark, Report, ReportNumber

__all__ = [
    "FOR_APPLICANT",
    "SLUGS",
    "DailyFigures",
    "Document",
    "Export",
    "FollowUp",
    "Register",
    "Remark",
    "Report",
    "ReportNumber",
    "ReusableAdvice",
]
