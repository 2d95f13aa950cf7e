"""Registers the office app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = _("Kantor")

    def ready(self) -> None:
        from office import sessions  # noqa: F401 -- connects its receiver
