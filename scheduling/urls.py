"""Addresses of the scheduling app: the calendar, and sessions as iCalendar files."""

from django.urls import path

from scheduling.views import calendar, ical

urlpatterns = [
    path("kalender/", calendar.calendar, name="calendar"),
    path("permohonan/<code:code>/jadwal.ics", ical.case_calendar_file, name="case_calendar_file"),
    path("p/<secret:secret>/jadwal.ics", ical.applicant_calendar_file, name="calendar_file"),
]
