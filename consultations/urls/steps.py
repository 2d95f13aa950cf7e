"""Addresses of the steps: one page for each verb, and the letter that comes in at the counter."""

from django.urls import path

from consultations import services
from consultations.forms.counter import ReceiveForm
from consultations.views.counter import take_in
from consultations.views.steps import step

urlpatterns = [
    path(
        "surat-masuk/",
        take_in,
        {"verb": "receive", "form": ReceiveForm, "service": services.receive},
        name="receive",
    ),
    path("permohonan/<code:code>/<slug:verb>/", step, name="step"),
]
