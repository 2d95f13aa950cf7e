"""The forms of the office's page: which period is shown, and what is published of it."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateField
from consultations.forms.step import OfficeForm, TextField, beside

BACKWARDS = _("Tanggal akhir tidak boleh sebelum tanggal awal.")
NO_PLAN = _("Tulis apa yang akan diperbaiki, oleh siapa, dan kapan.")


class PeriodForm(OfficeForm):
    """First and last day of a period."""

    since = LocalDateField(label=_("Dari tanggal"))
    until = LocalDateField(label=_("Sampai tanggal"))

    def rows(self) -> list[str | LayoutObject]:
        return [beside("since", "until")]

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < self.cleaned_data.get("since", until):
            raise ValidationError(BACKWARDS)
        return until


class PublishForm(PeriodForm):
    """The follow-up plan of a period. Its cleaned data are the keyword arguments of `services.publish()`."""

    plan = TextField(
        label=_("Rencana tindak lanjut"),
        rows=6,
        help_text=_("Untuk tiap unsur terendah: apa yang diperbaiki, oleh siapa, kapan selesai."),
        error_messages={"required": NO_PLAN},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.HiddenInput()

    def rows(self) -> list[str | LayoutObject]:
        return [*self.fields]
