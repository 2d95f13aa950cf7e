"""URLs of the intake app: public forms, counter, moderation, case lookup."""

from django.urls import URLPattern, path

from consultations.enums import Kind
from consultations.intake import services
from consultations.intake.forms.counter import ReceiveForm
from consultations.intake.views import office, submission

REQUEST, COMPLAINT = {"kind": Kind.CONSULTATION}, {"kind": Kind.COMPLAINT}

urlpatterns: list[URLPattern] = [
    path("ajukan/", submission.write, REQUEST, name="request"),
    path("ajukan/<uuid:token>/", submission.draft, REQUEST, name="request_draft"),
    path("ajukan/<uuid:token>/periksa/", submission.check, REQUEST, name="request_check"),
    path("pengaduan/", submission.write, COMPLAINT, name="complaint"),
    path("pengaduan/<uuid:token>/", submission.draft, COMPLAINT, name="complaint_draft"),
    path("pengaduan/<uuid:token>/periksa/", submission.check, COMPLAINT, name="complaint_check"),
    path("lacak/", submission.lookup, name="lookup"),
    path(
        "surat-masuk/",
        office.create_case,
        {"verb": "receive", "form": ReceiveForm, "service": services.receive},
        name="receive",
    ),
    path("kiriman/", office.held_drafts, name="held_drafts"),
    path("kiriman/<uuid:key>/", office.held_draft, name="held"),
    path("kiriman/<uuid:key>/berkas/<int:pk>/", office.held_file, name="held_file"),
]
