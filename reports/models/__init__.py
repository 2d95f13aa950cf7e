"""Reports, their follow-up, issued documents and their life, exports and daily figures."""

from reports.exports import Export
from reports.models.document import FOR_APPLICANT, TO_AGENCY, TO_INSTITUTION, Document
from reports.models.paper import DispatchWay, PaperEvent, PaperRule, StandingOrder
from reports.models.register import DailyFigures, Forum, Handover, Register
from reports.models.report import Enquiry, FollowUp, Remark, Report, ReportNumber, ReusableAdvice
