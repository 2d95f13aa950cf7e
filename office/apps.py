"""Registers the office app and connects its receivers."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    default = True
    name = "office"
    verbose_name = _("Kantor")

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from office import (
            checks as own,
            receivers,  # noqa: F401 -- connected by the import
        )
        from office.access import sessions  # noqa: F401 -- connected by the import

        checks.register(own.check_keys, "security")
        in_production = (own.check_key_of_its_own, own.check_password_list)
        for check in (*in_production, own.check_connections, own.check_certificates):
            checks.register(check, "security", deploy=True)


class AdministrationConfig(admin_apps.AdminConfig):
    """Django's administration with the office's own site."""

    default = False
    default_site = "office.admin_site.OfficeAdminSite"
