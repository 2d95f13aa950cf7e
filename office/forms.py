"""The form of a new passkey."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """Add a passkey that also opens the account without a password, or a key that is a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nama kunci")
        without_password = self.fields["passwordless"]
        without_password.initial = True
        without_password.label = _("Passkey: buka akun tanpa kata sandi")
        without_password.help_text = _(
            "Memakai sidik jari, wajah, atau PIN. Hapus centang untuk kunci USB tanpa PIN."
        )
