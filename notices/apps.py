"""App configuration: connects the receivers and registers the system checks."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Pemberitahuan")

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from notices import receivers  # noqa: F401 -- connected by the import
        from notices.mail import check_mail, check_whatsapp

        checks.register(check_whatsapp, "notices")
        checks.register(check_mail, "notices")
