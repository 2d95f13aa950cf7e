"""The forms of step 9: the report is written, then reviewed."""

from reports.forms.report import ReportForm
from reports.forms.review import AcceptForm, CorrectForm, ForwardForm, ReturnForm, ReviseForm

__all__ = ["AcceptForm", "CorrectForm", "ForwardForm", "ReportForm", "ReturnForm", "ReviseForm"]
