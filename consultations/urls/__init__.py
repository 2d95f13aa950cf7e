"""Addresses of the consultations app."""

from . import office, public, steps

urlpatterns = [*public.urlpatterns, *office.urlpatterns, *steps.urlpatterns]
