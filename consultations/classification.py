"""The field for a classification code (Permendagri 83/2022), and the code that it proposes."""

from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.forms import Script
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.models import Office
from office.models.codes import check_code, list_codes


class CodeInput(forms.TextInput):
    """A box that offers the codes that fit while somebody types."""

    class Media:
        js = [Script("js/codes.js", defer=True)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, {"data-codes": reverse("codes"), **(attrs or {})})


class ClassificationField(forms.CharField):
    """A classification code (Permendagri 83/2022): groups of digits, typed or chosen from the list."""

    default_validators = [check_code]
    SUGGESTIONS = HTML("{% include 'consultations/classifications.html' %}")

    def __init__(self) -> None:
        super().__init__(
            label=_("Kode klasifikasi"),
            max_length=20,
            widget=CodeInput(attrs={"list": "classifications", "autocomplete": "off"}),
            error_messages={"required": _("Pilih kode klasifikasi dari daftar, atau tulis kodenya.")},
        )


def propose_code() -> str:
    """Return the office's usual code, unless its list has deeper ones to choose from."""
    code, listed = Office.load().report_classification, list_codes()
    return "" if code in listed and listed[code].has_deeper else code
