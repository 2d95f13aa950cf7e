"""Forms and services of the pages of step 9."""

from consultations.steps import page
from reports import forms, services

REPORT_BESIDE = "reports/context/report.html"

page("report", forms.ReportForm, services.report, context_template="reports/context/remarks.html")
page("revise", forms.ReviseForm, services.revise)
page("forward", forms.ForwardForm, services.forward, context_template=REPORT_BESIDE)
page("return", forms.ReturnForm, services.return_report)
page("accept", forms.AcceptForm, services.accept, context_template=REPORT_BESIDE)
page("correct", forms.CorrectForm, services.correct, context_template=REPORT_BESIDE)
