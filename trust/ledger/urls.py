"""URLs of the ledger app."""

from django.urls import path

from trust.ledger.views import proof, seal, seal_json, seals

urlpatterns = [
    path("verifikasi/<uuid:pk>/bukti.json", proof, name="proof"),
    path("verifikasi/catatan/", seals, name="seals"),
    path("verifikasi/catatan/<int:year>/<int:number>/", seal, name="seal"),
    path("verifikasi/catatan/<int:year>/<int:number>.json", seal_json, name="seal_json"),
]
