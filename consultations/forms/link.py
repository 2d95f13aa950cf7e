"""The form of the Sekretariat for a new secret link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import IdentityCheck
from consultations.forms.step import StepForm


class RenewLinkForm(StepForm):
    """How the identity was checked, and the confirmation that it matches the request."""

    is_final = True
    notice = _(
        "Tautan lama tidak berlaku lagi, juga pada surel dan pesan yang sudah dikirim. Sesudah ini, cetak "
        "tanda terima yang baru. Bila tautan lama tidak hilang, cukup cetak lagi tanda terimanya."
    )
    checked_with = forms.ChoiceField(
        label=_("Identitas diperiksa dengan"),
        choices=IdentityCheck,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih cara identitas pemohon diperiksa.")},
    )
    matches = forms.BooleanField(
        label=_("Yang meminta adalah pemohon atau wakil lembaganya"),
        error_messages={"required": _("Centang sesudah identitasnya cocok. Bila tidak cocok, batalkan.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.pop("matches", None)
        return data
