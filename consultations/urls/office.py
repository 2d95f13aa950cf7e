"""Addresses of the office: desk, lists, a case, its files."""

from django.urls import path

from consultations.views import agenda, calendar, cases, desk, files, schedule

urlpatterns = [
    path("meja/", desk.desk, name="desk"),
    path("permohonan/", cases.cases, name="cases"),
    path("permohonan/<code:code>/", cases.case, name="case"),
    path("permohonan/<code:code>/jadwal.ics", schedule.calendar_file_of, name="case_calendar_file"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("kalender/", calendar.calendar, name="calendar"),
    path("berkas/<int:pk>/", files.attachment, name="attachment"),
    path("p/<secret:secret>/berkas/<int:pk>/", files.public_attachment, name="public_attachment"),
]
