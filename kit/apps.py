"""The configuration of the app: the triggers that its models declare follow each `migrate`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KitConfig(AppConfig):
    name = "kit"

    def ready(self) -> None:
        from kit import cache, records  # they need the models

        cache.connect_all()
        for module in (records, cache):
            post_migrate.connect(module.install_all, sender=self, dispatch_uid=module.__name__)
