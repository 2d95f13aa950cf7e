"""Configuration of the record: the acts that leave entries, the seals that documents show, system checks."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    name = "trust.record"
    verbose_name = _("Segel catatan")

    def ready(self) -> None:
        # They need the models.
        from django.core import checks

        from documents.contexts import connect_seals
        from trust.record import entries
        from trust.record.heads import check_heads, check_key, get_first_after, get_latest

        entries.watch()
        connect_seals(get_latest, get_first_after)
        checks.register(check_heads, "record")
        checks.register(check_key, "record", deploy=True)
        post_migrate.connect(entries.leave_missing_entries, sender=self, dispatch_uid="record")
