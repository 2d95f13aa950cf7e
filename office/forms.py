"""Forms of the office app: a new passkey, the confirmation of a recovery."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from office.factor_recovery import list_recoverable
from office.models import User


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


class RecoveryForm(forms.Form):
    """Confirm that a person who lost the second factor stands before the user."""

    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Siapa yang kehilangan akses"), empty_label=_("Pilih pegawai")
    )
    is_here = forms.BooleanField(
        label=_("Orang ini berdiri di depan saya, dan saya mengenalnya atau sudah memeriksa KTP-nya.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = list_recoverable(by)  # type: ignore[attr-defined]
