"""URLs of the reports app."""

from django.urls import path

from reports import transfers
from reports.views import documents, public, reports, signature_desk

urlpatterns = [
    path("laporan/", reports.reports, name="reports"),
    path("bank-saran/", reports.advice_list, name="advice_list"),
    path("bank-saran/<int:pk>/", reports.review_advice, name="review_advice"),
    path("permohonan/<code:code>/bank-saran/", reports.propose_advice, name="propose_advice"),
    path("tindak-lanjut/", reports.follow_ups, name="follow_ups"),
    path("tindak-lanjut/<int:pk>/", reports.follow_up, name="follow_up"),
    path("surat-keluar/", documents.letters, name="letters"),
    path("surat-keluar/<uuid:pk>/", documents.letter, name="letter"),
    path("tanda-tangan/", signature_desk.desk, name="signature_desk"),
    path("tanda-tangan/berikutnya/", signature_desk.next_paper, name="next_paper"),
    path("tanda-tangan/sekaligus/", signature_desk.batch, name="sign_batch"),
    path("tanda-tangan/sekaligus/kemajuan/", signature_desk.batch_progress, name="batch_progress"),
    path("tanda-tangan/pindaian/", signature_desk.scans, name="scans"),
    path("tanda-tangan/perintah/", signature_desk.orders, name="orders"),
    path("tanda-tangan/perintah/<int:pk>/akhiri/", signature_desk.end_order, name="end_order"),
    path("tanda-tangan/<uuid:pk>/", signature_desk.paper, name="paper"),
    path("tanda-tangan/<uuid:pk>/cetak/", signature_desk.print_paper, name="print_paper"),
    path("tanda-tangan/<uuid:pk>/cetakan.pdf", signature_desk.original, name="paper_original"),
    path("tanda-tangan/<uuid:pk>/pindaian/", signature_desk.scan, name="scan"),
    path("tanda-tangan/<uuid:pk>/<slug:verb>/", signature_desk.paper, name="paper_act"),
    path("permohonan/<code:code>/daftar-hadir.pdf", documents.attendance_sheet, name="attendance_sheet"),
    path("permohonan/<code:code>/rapat/<int:pk>.pdf", documents.meeting_sheet, name="meeting_sheet"),
    path("permohonan/<code:code>/<slug:slug>.pdf", documents.case_document, name="case_document"),
    path("permohonan/<code:code>/<slug:verb>/pratinjau/", reports.step_preview, name="step_preview"),
    path("permohonan/<code:code>/laporan/<int:version>/", reports.report_version, name="report_version"),
    path("p/<secret:secret>/<slug:slug>.pdf", documents.applicant_document, name="applicant_document"),
    path("p/<secret:secret>/tanggal-surat.ics", documents.letter_dates, name="letter_dates"),
    path("naskah/<uuid:pk>.pdf", documents.document, name="document"),
    path("naskah/<uuid:pk>/penerima/", documents.handover, name="handover"),
    path("naskah/<slug:slug>/", documents.register, name="register"),
    path("register/", documents.register_list, name="registers"),
    path("statistik/", public.statistics, name="statistics"),
    path("statistik.csv", public.statistics_csv, name="statistics_csv"),
    path("papan/", public.board, name="board"),
    path("papan/poster.pdf", documents.poster_pdf, name="poster"),
    path("survei/formulir.pdf", documents.survey_form, name="survey_form"),
    path("survei/hasil/<int:pk>.pdf", documents.survey_result_pdf, name="survey_result_pdf"),
    path("verifikasi/", public.verify, name="verify"),
    path("verifikasi/penerimaan/<uuid:key>/", transfers.receipt, name="confirm_receipt"),
    path("verifikasi/<uuid:pk>/", public.verification, name="verification"),
]
