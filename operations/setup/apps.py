"""Registers the setup app and connects its receivers."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "operations.setup"

    def ready(self) -> None:
        from operations.setup import people  # noqa: F401 -- connects its receiver
