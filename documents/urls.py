"""URLs of the documents app."""

from django.urls import path

from documents import verification
from documents.views import documents, signature_desk

urlpatterns = [
    path("surat-keluar/", documents.letters, name="letters"),
    path("surat-keluar/laporan/<code:code>/", documents.report_number, name="report_number"),
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
    path("p/<secret:secret>/<slug:slug>.pdf", documents.applicant_document, name="applicant_document"),
    path("naskah/<uuid:pk>.pdf", documents.document, name="document"),
    path("naskah/<uuid:pk>/penerima/", documents.handover, name="handover"),
    path("naskah/<slug:slug>/", documents.register, name="register"),
    path("register/", documents.register_list, name="registers"),
    path("verifikasi/", verification.verify, name="verify"),
    path("verifikasi/<uuid:pk>/", verification.verification, name="verification"),
]
