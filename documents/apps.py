"""Configuration of the documents app: types of documents of all apps, and system checks."""

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Naskah")

    def ready(self) -> None:
        from documents.checks import check_fonts, check_public_url, check_signing, check_subsetter

        autodiscover_modules("documents")  # they need the models
        checks.register(check_subsetter, "documents")
        checks.register(check_fonts, "documents")
        checks.register(check_public_url, "documents", deploy=True)
        checks.register(check_signing, "signing")
