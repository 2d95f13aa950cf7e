"""The pages of step 9."""

from consultations.steps import page
from reports import forms, services

WRITTEN = "reports/context/report.html"

page("report", forms.ReportForm, services.report, context_template="reports/context/remarks.html")
page("revise", forms.ReviseForm, services.revise)
page("forward", forms.ForwardForm, services.forward, context_template=WRITTEN)
page("return", forms.ReturnForm, services.return_report)
page("accept", forms.AcceptForm, services.accept, context_template=WRITTEN)
page("correct", forms.CorrectForm, services.correct, context_template=WRITTEN)
