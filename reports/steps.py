"""Forms and services of the pages of step 9, and of a running consultation in step 7."""

from consultations.steps import page
from reports import enquiries, services, sessions
from reports.forms import report as forms

REPORT_BESIDE, ENQUIRY = "reports/context/report.html", "reports/context/enquiry.html"

page(
    "finish",
    sessions.SessionForm,
    sessions.finish,
    after_template="reports/context/photos.html",
)
page(
    "record_attendance",
    forms.AttendanceForm,
    services.record_attendance,
    context_template="reports/context/attendance.html",
    is_folded=True,
)
page("report", forms.ReportForm, services.report, context_template="reports/context/remarks.html")
page("revise", forms.RemarkForm, services.revise)
page("forward", forms.ForwardForm, services.forward, context_template=REPORT_BESIDE)
page("cosign", forms.CosignForm, services.cosign, context_template=REPORT_BESIDE)
page("refer_back", forms.ReferBackForm, services.refer_back)
page("return", forms.ReferBackForm, services.return_report)
page("accept", forms.AcceptForm, services.accept, context_template=REPORT_BESIDE)
page("correct", forms.CorrectForm, services.correct, context_template=REPORT_BESIDE)
page("ask_again", enquiries.AskAgainForm, enquiries.ask_again)
page("answer_again", enquiries.AnswerAgainForm, enquiries.answer_again, context_template=ENQUIRY)
page("answer_for", enquiries.AnswerAgainForm, enquiries.answer_for, context_template=ENQUIRY)
