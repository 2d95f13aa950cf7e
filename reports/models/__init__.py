"""Reports, their follow-up, issued documents, exports and daily figures."""

from reports.exports import Export

from .advice import ReusableAdvice
from .daily import DailyFigures
from .document import FOR_APPLICANT, TO_AGENCY, Document
from .follow_up import FollowUp
from .handover import Handover
from .register import Register
from .report import Remark, Report, ReportNumber

__all__ = [
    "FOR_APPLICANT",
    "TO_AGENCY",
    "DailyFigures",
    "Document",
    "Export",
    "FollowUp",
    "Handover",
    "Register",
    "Remark",
    "Report",
    "ReportNumber",
    "ReusableAdvice",
]
