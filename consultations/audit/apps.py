"""Registers the audit app and connects its receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "consultations.audit"
    verbose_name = _("Catatan akses")

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from consultations.audit import services  # noqa: F401 -- connected by the import
