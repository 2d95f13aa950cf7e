"""The forms of the office's page: which period is shown, and what is published of it."""

import datetime as dt
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateField
from consultations.forms.step import OfficeForm, TextField
from office import clock
from surveys import periods

NOT_OFFERED = _("Hasil survei ditampilkan per triwulan, semester, atau tahun. Pilih salah satu di atas.")
NO_PLAN = _("Tulis apa yang akan diperbaiki, oleh siapa, dan kapan.")


class PeriodForm(OfficeForm):
    """First and last day of one of the periods that are offered; `first` is the earliest day of any."""

    since = LocalDateField()
    until = LocalDateField()

    def __init__(self, *args: Any, first: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        for name in ("since", "until"):
            self.fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        since: Any = cleaned.get("since")
        until: Any = cleaned.get("until")
        if not since or (since, until) not in chain(*periods.offered(since.year, self.first)):
            raise ValidationError(NOT_OFFERED)
        return cleaned

    @property
    def offered(self) -> list[list[tuple[str, dt.date, dt.date]]]:
        """What to choose from, row by row: name, first and last day; of the chosen year also its parts."""
        year = self.cleaned_data["since"].year if self.is_valid() else clock.today().year
        return [[(periods.name(*days), *days) for days in row] for row in periods.offered(year, self.first)]


class PublishForm(PeriodForm):
    """The follow-up plan of a period. Its cleaned data are the keyword arguments of `services.publish()`."""

    plan = TextField(
        label=_("Rencana tindak lanjut"),
        rows=6,
        help_text=_("Untuk tiap unsur terendah: apa yang diperbaiki, oleh siapa, kapan selesai."),
        error_messages={"required": NO_PLAN},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
