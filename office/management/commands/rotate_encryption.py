"""The command `rotate_encryption`: encrypts stored secrets with the first of ENCRYPTION_KEYS."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from office.encryption import reencrypt

FIELDS = ("secret", "seed")
"""Keys of `Authenticator.data` that hold a secret: of a TOTP app, of recovery codes."""


class Command(BaseCommand):
    help = _("Mengenkripsi ulang rahasia yang tersimpan dengan kunci pertama ENCRYPTION_KEYS.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        rows = list(Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN))
        for row in rows:
            row.data |= {field: reencrypt(row.data[field]) for field in FIELDS if field in row.data}
            row.save(update_fields=["data"])
        self.stdout.write(_("%(count)s rahasia dienkripsi dengan kunci pertama.") % {"count": len(rows)})
