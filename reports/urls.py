"""Addresses of the reports app."""

from django.urls import path

from reports.views.list import reports
from reports.views.papers import paper, public_paper

urlpatterns = [
    path("laporan/", reports, name="reports"),
    path("permohonan/<str:code>/<slug:paper>.pdf", paper, name="paper"),
    path("p/<str:secret>/<slug:paper>.pdf", public_paper, name="public_paper"),
]
