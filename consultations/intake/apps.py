"""The app configuration of intake."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "consultations.intake"
    verbose_name = _("Permohonan masuk")
