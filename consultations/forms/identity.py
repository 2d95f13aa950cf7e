"""The form in which somebody says why a hidden identity is looked at."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .step import OfficeForm


class LookForm(OfficeForm):
    """Why who complains must be known now (Keperluan)."""

    reason = forms.CharField(
        label=_("Keperluan"),
        max_length=200,
        help_text=_("Contoh: menghubungi pelapor untuk meminta bukti. Nama Anda dan keperluan ini dicatat."),
        error_messages={"required": _("Tulis untuk apa identitas pelapor perlu dibuka.")},
    )
