"""Addresses that everybody may open, without an account."""

from django.urls import URLPattern, path

from consultations.models import Case
from consultations.views import following, lookup, public, schedule, submission

REQUEST, COMPLAINT = {"kind": Case.Kind.CONSULTATION}, {"kind": Case.Kind.COMPLAINT}

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("ajukan/", submission.write, REQUEST, name="request"),
    path("ajukan/<uuid:token>/", submission.draft, REQUEST, name="request_draft"),
    path("ajukan/<uuid:token>/periksa/", submission.check, REQUEST, name="request_check"),
    path("pengaduan/", submission.write, COMPLAINT, name="complaint"),
    path("pengaduan/<uuid:token>/", submission.draft, COMPLAINT, name="complaint_draft"),
    path("pengaduan/<uuid:token>/periksa/", submission.check, COMPLAINT, name="complaint_check"),
    path("lacak/", lookup.lookup, name="lookup"),
    path("standar-layanan/", public.standard, name="standard"),
    path("privasi/", public.privacy, name="privacy"),
    path("p/<secret:secret>/", following.follow, name="follow"),
    path("p/<secret:secret>/tanda-terima/", following.receipt, name="receipt"),
    path("p/<secret:secret>/jadwal.ics", schedule.applicants_calendar_file, name="calendar_file"),
    path("p/<secret:secret>/<slug:verb>/", following.follow_step, name="follow_step"),
]
