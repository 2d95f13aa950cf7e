"""Addresses of the office: desk, lists, a case, its files."""

from django.urls import path

from consultations.views import agenda, calendar, cases, desk, files, held, identity, schedule

urlpatterns = [
    path("meja/", desk.desk, name="desk"),
    path("permohonan/", cases.cases, name="cases"),
    path("permohonan/<code:code>/", cases.case, name="case"),
    path("permohonan/<code:code>/jadwal.ics", schedule.calendar_file_of, name="case_calendar_file"),
    path("permohonan/<code:code>/identitas/", identity.identity, name="identity"),
    path("kiriman/", held.held_drafts, name="held_drafts"),
    path("kiriman/<uuid:key>/", held.held_draft, name="held"),
    path("kiriman/<uuid:key>/berkas/<int:pk>/", held.held_file, name="held_file"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("kalender/", calendar.calendar, name="calendar"),
    path("berkas/<int:pk>/", files.attachment, name="attachment"),
    path("p/<secret:secret>/berkas/<int:pk>/", files.public_attachment, name="public_attachment"),
]
