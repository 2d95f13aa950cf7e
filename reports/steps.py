"""The pages of step 9."""

from consultations.steps import page
from reports import forms, services

WRITTEN = "reports/beside/report.html"

page("report", forms.ReportForm, services.report, beside="reports/beside/remarks.html")
page("revise", forms.ReviseForm, services.revise)
page("forward", forms.ForwardForm, services.forward, beside=WRITTEN)
page("return", forms.ReturnForm, services.return_report)
page("accept", forms.AcceptForm, services.accept, beside=WRITTEN)
page("correct", forms.CorrectForm, services.correct, beside=WRITTEN)
