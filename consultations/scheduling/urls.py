"""URLs of the scheduling app: the calendar with its feeds, and sessions as iCalendar files."""

from django.urls import path

from consultations.scheduling.views import calendar, feeds

urlpatterns = [
    path("kalender/", calendar.calendar, name="calendar"),
    path("kalender/langganan/", feeds.feeds, name="calendar_feeds"),
    path("kalender/langganan/<secret:token>.ics", feeds.feed, name="calendar_feed"),
    path("permohonan/<code:code>/jadwal.ics", feeds.case_calendar_file, name="case_calendar_file"),
    path("p/<secret:secret>/jadwal.ics", feeds.applicant_calendar_file, name="calendar_file"),
]
