"""URLs of the guides."""

from django.urls import path

from desk.guides.views import guide, guide_pdf, guides

urlpatterns = [
    path("panduan/", guides, name="guides"),
    path("panduan/<slug:slug>/", guide, name="guide"),
    path("panduan/<slug:slug>.pdf", guide_pdf, name="guide_pdf"),
]
