"""Configuration of the app of guides."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidesConfig(AppConfig):
    name = "desk.guides"
    verbose_name = _("Panduan")
