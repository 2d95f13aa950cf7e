"""App configuration: connects the receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    name = "consultations.scheduling"
    verbose_name = _("Jadwal")

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from consultations.scheduling import receivers  # noqa: F401 -- connected by the import
