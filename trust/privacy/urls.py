"""URLs of the pages about personal data."""

from django.urls import path

from trust.privacy import breach, rights

urlpatterns = [
    path("privasi/", rights.privacy, name="privacy"),
    path("p/<secret:secret>/data-saya/", rights.own_data, name="own_data"),
    path("p/<secret:secret>/data-saya/json/", rights.own_data_file, {"kind": "json"}, name="own_data_json"),
    path("p/<secret:secret>/data-saya/pdf/", rights.own_data_file, {"kind": "pdf"}, name="own_data_pdf"),
    path("p/<secret:secret>/data-saya/kegagalan/<int:pk>/", breach.own_breach, name="own_breach"),
    path("kegagalan-data/", breach.breaches, name="breaches"),
    path("kegagalan-data/<int:pk>.pdf", breach.breach_pdf, name="breach_pdf"),
    path("kegagalan-data/<int:pk>/hentikan/", breach.breach_stop, name="breach_stop"),
]
