"""Documents, their life, hand-overs and numbers. The tables have the label of the app that they were in."""

from documents.models.document import FOR_APPLICANT, TO_AGENCY, TO_INSTITUTION, Document
from documents.models.paper import DispatchWay, PaperEvent, PaperRule, StandingOrder
from documents.models.register import Handover, Register, ReportNumber
