"""Addresses of the consultations app: the agenda book, attachments, hidden identities."""

from django.urls import path

from consultations.views import agenda, files, identity

urlpatterns = [
    path("agenda/", agenda.agenda, name="agenda"),
    path("berkas/<int:pk>/", files.attachment, name="attachment"),
    path("p/<secret:secret>/berkas/<int:pk>/", files.public_attachment, name="public_attachment"),
    path("permohonan/<code:code>/identitas/", identity.identity, name="identity"),
]
