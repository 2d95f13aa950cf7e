"""Registers the notices app: its receivers, and the checks of what sending needs."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Pemberitahuan")

    def ready(self) -> None:
        from notices import receivers  # noqa: F401 -- importing them connects them
        from notices.checks import mail_leaves_the_machine, whatsapp_is_set_up

        checks.register(whatsapp_is_set_up, "notices")
        checks.register(mail_leaves_the_machine, "notices")
