"""Form for the number of an outgoing letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm


class LetterNumberForm(OfficeForm):
    number = forms.CharField(
        label=_("Nomor surat"),
        max_length=100,
        help_text=_(
            "Dari buku surat keluar atau SRIKANDI. Nomor tercetak pada surat dan tidak dapat diubah."
        ),
        error_messages={"required": _("Tulis nomor surat.")},
    )

    def clean_number(self) -> str:
        """Return the number with single spaces."""
        return " ".join(self.cleaned_data["number"].split())
