"""URLs of the consultations app: attachments and hidden identities."""

from django.urls import path

from consultations.views import files, identity

urlpatterns = [
    path("berkas/<int:pk>/", files.attachment, name="attachment"),
    path("p/<secret:secret>/berkas/<int:pk>/", files.public_attachment, name="public_attachment"),
    path("permohonan/<code:code>/identitas/", identity.identity, name="identity"),
]
