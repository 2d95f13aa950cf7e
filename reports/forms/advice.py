"""Forms of the bank of reusable advice."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import LocalDateField, OfficeForm, TextField
from kit import clock
from office.words import with_words_lazy
from reports.items import Item

YEAR = dt.timedelta(days=365)


class ProposeAdviceForm(OfficeForm):
    """Items of the report to be marked as reusable, under one topic."""

    items = forms.TypedMultipleChoiceField(
        label=_("Butir yang dapat dipakai lagi"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pilih butir yang berlaku juga untuk pemohon lain."),
        error_messages={"required": _("Pilih sekurangnya satu butir.")},
    )
    topic = forms.CharField(
        label=_("Topik"),
        max_length=80,
        help_text=with_words_lazy(_("Contoh: BPJS nonaktif, dana %(village)s, data penerima bantuan.")),
        error_messages={"required": _("Tulis topiknya, supaya mudah ditemukan.")},
    )

    def __init__(self, *args: Any, listed: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed
        choices: Any = self.fields["items"]
        choices.choices = [(n, f"{item.kind.label}: {item.text}") for n, item in enumerate(listed)]

    def clean_items(self) -> list[Item]:
        return [self.listed[number] for number in self.cleaned_data["items"]]


class ReviewAdviceForm(OfficeForm):
    """The text to be offered, and until when. Without a day the advice is not offered."""

    text = TextField(
        label=_("Saran"),
        help_text=_("Hapus nama orang, nomor, dan hal lain yang hanya berlaku untuk satu pemohon."),
        error_messages={"required": _("Tulis sarannya.")},
    )
    topic = forms.CharField(
        label=_("Topik"), max_length=80, error_messages={"required": _("Tulis topiknya.")}
    )
    expires_on = LocalDateField(
        label=_("Berlaku sampai"), required=False, help_text=_("Sesudah hari ini saran perlu ditinjau lagi.")
    )

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        if day and not clock.today() <= day <= clock.today() + 3 * YEAR:
            raise ValidationError(_("Pilih hari antara hari ini dan tiga tahun lagi."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "tolak" in self.data:
            data["expires_on"] = None
        elif not data.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", _("Pilih sampai kapan saran ini ditawarkan."))
        return data
