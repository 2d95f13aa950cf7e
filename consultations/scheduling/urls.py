"""URLs of the scheduling app: the calendar with its feeds, and sessions as iCalendar files."""

from django.urls import path

from consultations.scheduling import views

urlpatterns = [
    path("kalender/", views.calendar, name="calendar"),
    path("kalender/langganan/", views.feeds, name="calendar_feeds"),
    path("kalender/langganan/<secret:token>.ics", views.feed, name="calendar_feed"),
    path("permohonan/<code:code>/jadwal.ics", views.case_calendar_file, name="case_calendar_file"),
    path("p/<secret:secret>/jadwal.ics", views.applicant_calendar_file, name="calendar_file"),
]
