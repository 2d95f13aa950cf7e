"""Configuration of the ledger app: the triggers that queue rows, what documents show, and system checks."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "trust.ledger"
    verbose_name = _("Segel catatan")

    def ready(self) -> None:
        # They need the models.
        from django.core import checks

        from documents.contexts import connect_seals
        from trust.ledger import parts
        from trust.ledger.services import DocumentSeals, check_seal_key, check_seals

        connect_seals(DocumentSeals())
        checks.register(check_seals, "ledger")
        checks.register(check_seal_key, "ledger", deploy=True)
        post_migrate.connect(parts.install_all, sender=self, dispatch_uid="ledger")
