"""Forms and services of the pages of step 9."""

from consultations.steps import page
from reports import forms, services

REPORT_BESIDE = "steps/beside/report.html"

page("report", forms.ReportForm, services.report, beside="steps/beside/remarks.html")
page("revise", forms.ReviseForm, services.revise)
page("forward", forms.ForwardForm, services.forward, beside=REPORT_BESIDE)
page("return", forms.ReturnForm, services.return_report)
page("accept", forms.AcceptForm, services.accept, beside=REPORT_BESIDE)
page("correct", forms.CorrectForm, services.correct, beside=REPORT_BESIDE)
