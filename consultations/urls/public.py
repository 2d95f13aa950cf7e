"""Addresses that everybody may open, without an account."""

from django.urls import URLPattern, path

from consultations.views import public, submission

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("ajukan/", submission.request_consultation, name="request"),
    path("pengaduan/", submission.complain, name="complaint"),
    path("lacak/", public.lookup, name="lookup"),
    path("standar-layanan/", public.standard, name="standard"),
    path("privasi/", public.privacy, name="privacy"),
    path("p/<secret:secret>/", public.follow, name="follow"),
    path("p/<secret:secret>/tanda-terima/", public.receipt, name="receipt"),
    path("p/<secret:secret>/<slug:verb>/", public.follow_step, name="follow_step"),
]
