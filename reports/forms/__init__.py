"""Forms of steps 7 and 9: attendance, and writing and reviewing the report."""

from reports.forms.attendance import AttendanceForm
from reports.forms.report import ReportForm
from reports.forms.review import (
    AcceptForm,
    CorrectForm,
    CosignForm,
    ForwardForm,
    ReferBackForm,
    RemarkForm,
)

__all__ = [
    "AcceptForm",
    "AttendanceForm",
    "CorrectForm",
    "CosignForm",
    "ForwardForm",
    "ReferBackForm",
    "RemarkForm",
    "ReportForm",
]
