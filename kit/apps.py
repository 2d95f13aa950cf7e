"""The configuration of the app."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "kit"
