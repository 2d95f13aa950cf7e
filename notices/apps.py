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
        from notices.push import check_push
        from notices.services import (  # noqa: F401 -- their receivers are connected by the import
            occasions,
            subscriptions,
        )

        checks.register(check_whatsapp, "notices")
        checks.register(check_mail, "notices")
        checks.register(check_push, "notices")
