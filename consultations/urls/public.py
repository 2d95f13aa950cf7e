"""Addresses that everybody may open, without an account."""

from django.urls import URLPattern, path

from consultations.views import following, lookup, public, schedule, submission

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("ajukan/", submission.request_consultation, name="request"),
    path("pengaduan/", submission.complain, name="complaint"),
    path("lacak/", lookup.lookup, name="lookup"),
    path("standar-layanan/", public.standard, name="standard"),
    path("privasi/", public.privacy, name="privacy"),
    path("p/<secret:secret>/", following.follow, name="follow"),
    path("p/<secret:secret>/tanda-terima/", following.receipt, name="receipt"),
    path("p/<secret:secret>/jadwal.ics", schedule.applicants_calendar_file, name="calendar_file"),
    path("p/<secret:secret>/<slug:verb>/", following.follow_step, name="follow_step"),
]
