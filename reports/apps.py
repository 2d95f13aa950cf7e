"""Configuration of the reports app: signal receivers and system checks."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Laporan")

    def ready(self) -> None:
        from reports.checks import check_fonts, check_public_url, check_signing, check_subsetter
        from reports.documents import issuing  # noqa: F401 -- connected by the import; needs loaded models

        checks.register(check_subsetter, "documents")
        checks.register(check_fonts, "documents")
        checks.register(check_public_url, "documents", deploy=True)
        checks.register(check_signing, "signing")
