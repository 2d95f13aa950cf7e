"""URLs of the intake app: public forms, counter, moderation, case lookup."""

from django.urls import URLPattern, path

from consultations.enums import Kind
from consultations.intake import pictures, services, views
from consultations.intake.forms import ReceiveForm

REQUEST, COMPLAINT = {"kind": Kind.CONSULTATION}, {"kind": Kind.COMPLAINT}

urlpatterns: list[URLPattern] = [
    path("ajukan/", views.write, REQUEST, name="request"),
    path("ajukan/<uuid:token>/", views.draft, REQUEST, name="request_draft"),
    path("ajukan/<uuid:token>/periksa/", views.check, REQUEST, name="request_check"),
    path("pengaduan/", views.write, COMPLAINT, name="complaint"),
    path("pengaduan/<uuid:token>/", views.draft, COMPLAINT, name="complaint_draft"),
    path("pengaduan/<uuid:token>/periksa/", views.check, COMPLAINT, name="complaint_check"),
    path("lacak/", views.lookup, name="lookup"),
    path(
        "surat-masuk/",
        views.create_case,
        {"verb": "receive", "form": ReceiveForm, "service": services.receive},
        name="receive",
    ),
    path("berkas/<int:pk>/lihat/", pictures.viewer, name="viewer"),
    path("berkas/<int:pk>/gambar/<int:number>/", pictures.picture, name="picture"),
    path("kiriman/", views.held_drafts, name="held_drafts"),
    path("kiriman/<uuid:key>/", views.held_draft, name="held"),
    path("kiriman/<uuid:key>/berkas/<int:pk>/", views.held_file, name="held_file"),
]
