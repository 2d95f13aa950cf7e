"""URLs of the reports app."""

from django.urls import path

from reports.views import public, reports

urlpatterns = [
    path("laporan/", reports.reports, name="reports"),
    path("bank-saran/", reports.advice_list, name="advice_list"),
    path("bank-saran/<int:pk>/", reports.review_advice, name="review_advice"),
    path("permohonan/<code:code>/bank-saran/", reports.propose_advice, name="propose_advice"),
    path("tindak-lanjut/", reports.follow_ups, name="follow_ups"),
    path("tindak-lanjut/<int:pk>/", reports.follow_up, name="follow_up"),
    path("permohonan/<code:code>/<slug:verb>/pratinjau/", reports.step_preview, name="step_preview"),
    path("permohonan/<code:code>/laporan/<int:version>/", reports.report_version, name="report_version"),
    path("p/<secret:secret>/tanggal-surat.ics", reports.letter_dates, name="letter_dates"),
    path("statistik/", public.statistics, name="statistics"),
    path("statistik.csv", public.statistics_csv, name="statistics_csv"),
    path("papan/", public.board, name="board"),
    path("papan/poster.pdf", public.poster_pdf, name="poster"),
]
