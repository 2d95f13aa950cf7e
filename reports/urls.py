"""URLs of the reports app."""

from django.urls import path

from reports.views.advice import advice_list, propose_advice, review_advice
from reports.views.attendance import attendance_sheet, meeting_sheet
from reports.views.documents import applicant_document, case_document, document
from reports.views.editor import report_version, step_preview
from reports.views.follow_ups import follow_up, follow_ups
from reports.views.handovers import handover
from reports.views.letters import letter, letters
from reports.views.list import reports
from reports.views.public import board, poster_pdf, statistics, statistics_csv, survey_form, survey_result_pdf
from reports.views.registers import register, register_list
from reports.views.verification import verification, verify

urlpatterns = [
    path("laporan/", reports, name="reports"),
    path("bank-saran/", advice_list, name="advice_list"),
    path("bank-saran/<int:pk>/", review_advice, name="review_advice"),
    path("permohonan/<code:code>/bank-saran/", propose_advice, name="propose_advice"),
    path("tindak-lanjut/", follow_ups, name="follow_ups"),
    path("tindak-lanjut/<int:pk>/", follow_up, name="follow_up"),
    path("surat-keluar/", letters, name="letters"),
    path("surat-keluar/<uuid:pk>/", letter, name="letter"),
    path("permohonan/<code:code>/daftar-hadir.pdf", attendance_sheet, name="attendance_sheet"),
    path("permohonan/<code:code>/rapat/<int:pk>.pdf", meeting_sheet, name="meeting_sheet"),
    path("permohonan/<code:code>/<slug:slug>.pdf", case_document, name="case_document"),
    path("permohonan/<code:code>/<slug:verb>/pratinjau/", step_preview, name="step_preview"),
    path("permohonan/<code:code>/laporan/<int:version>/", report_version, name="report_version"),
    path("p/<secret:secret>/<slug:slug>.pdf", applicant_document, name="applicant_document"),
    path("naskah/<uuid:pk>.pdf", document, name="document"),
    path("naskah/<uuid:pk>/penerima/", handover, name="handover"),
    path("naskah/<slug:slug>/", register, name="register"),
    path("register/", register_list, name="registers"),
    path("statistik/", statistics, name="statistics"),
    path("statistik.csv", statistics_csv, name="statistics_csv"),
    path("papan/", board, name="board"),
    path("papan/poster.pdf", poster_pdf, name="poster"),
    path("survei/formulir.pdf", survey_form, name="survey_form"),
    path("survei/hasil/<int:pk>.pdf", survey_result_pdf, name="survey_result_pdf"),
    path("verifikasi/", verify, name="verify"),
    path("verifikasi/<uuid:pk>/", verification, name="verification"),
]
