"""Forms of step 9: writing and reviewing the report."""

from reports.forms.report import ReportForm
from reports.forms.review import AcceptForm, CorrectForm, ForwardForm, ReturnForm, ReviseForm

__all__ = ["AcceptForm", "CorrectForm", "ForwardForm", "ReportForm", "ReturnForm", "ReviseForm"]
