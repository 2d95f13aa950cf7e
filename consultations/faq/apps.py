"""Configuration of the app of frequent questions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FaqConfig(AppConfig):
    name = "consultations.faq"
    verbose_name = _("Pertanyaan umum")
