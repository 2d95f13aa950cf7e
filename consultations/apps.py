"""Registers the consultations app and collects the step pages of all apps."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Permohonan")

    def ready(self) -> None:
        # They need the models. The import connects their receivers.
        from consultations import deadlines, parties, search  # noqa: F401

        autodiscover_modules("steps")
