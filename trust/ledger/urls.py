"""URLs of the ledger app."""

from django.urls import path

from trust.ledger.views import proof, seal, seal_json, seals, seals_after, witnessed, witnessed_json

urlpatterns = [
    path("verifikasi/<uuid:pk>/bukti.json", proof, name="proof"),
    path("verifikasi/catatan/", seals, name="seals"),
    path("verifikasi/catatan/segel.json", seals_after, name="seals_after"),
    path("verifikasi/catatan/<int:year>/<int:number>/", seal, name="seal"),
    path("verifikasi/catatan/<int:year>/<int:number>.json", seal_json, name="seal_json"),
    path("verifikasi/saksi/", witnessed, name="witnessed"),
    path("verifikasi/saksi.json", witnessed_json, name="witnessed_json"),
]
