"""URLs of the consultations app: attachments, hidden identities, agenda numbers, notes."""

from django.urls import path

from consultations import views

urlpatterns = [
    path("berkas/<int:pk>/", views.attachment, name="attachment"),
    path("p/<secret:secret>/berkas/<int:pk>/", views.public_attachment, name="public_attachment"),
    path("permohonan/<code:code>/nomor-agenda-kantor/", views.office_number, name="office_number"),
    path("permohonan/<code:code>/catatan/", views.case_note, name="case_note"),
    path("permohonan/<code:code>/identitas/", views.identity, name="identity"),
]
