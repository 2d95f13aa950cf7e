"""Reports, their follow-up, exports and daily figures."""

from reports.exports import Export
from reports.models.report import DailyFigures, Enquiry, FollowUp, Remark, Report, ReusableAdvice
