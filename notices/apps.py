"""App configuration: connects the receivers and registers the system checks."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Pemberitahuan")

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from notices.mail import check_mail, check_whatsapp
        from notices.services import occasions  # noqa: F401 -- its receivers are connected by the import

        checks.register(check_whatsapp, "notices")
        checks.register(check_mail, "notices")
