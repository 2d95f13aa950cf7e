"""Registers the setup app and connects its receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupConfig(AppConfig):
    name = "operations.setup"
    verbose_name = _("Penyiapan kantor")

    def ready(self) -> None:
        from operations.setup import people  # noqa: F401 -- connects its receiver
