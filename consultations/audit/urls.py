"""URLs of the audit log."""

from django.urls import path

from consultations.audit.views import access_log, readings

urlpatterns = [
    path("catatan-akses/", access_log, name="access_log"),
    path("p/<secret:secret>/yang-melihat/", readings, name="readings"),
]
