"""Configuration of the reports app: signal receivers and system checks."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Laporan")

    def ready(self) -> None:
        from reports import receivers  # noqa: F401 -- importing them connects them
        from reports.checks import address_is_public, font_is_there, subsetter_is_there
        from reports.signing.checks import signing_is_set_up

        checks.register(subsetter_is_there, "papers")
        checks.register(font_is_there, "papers")
        checks.register(address_is_public, "papers", deploy=True)
        checks.register(signing_is_set_up, "signing")
