"""Reports, their follow-up, exports, forums and daily figures."""

from reports.exports import Export
from reports.models.public import DailyFigures, Forum
from reports.models.report import Enquiry, FollowUp, Remark, Report, ReusableAdvice
