"""Form for the period of a register, and the usual periods."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import LocalDateField, OfficeForm
from kit import clock
from kit.pagination import parse_key
from office.models import Division
from office.words import with_words_lazy, word
from reports.documents.registers.printing import Scope


def usual_periods() -> list[tuple[Promise, dt.date, dt.date]]:
    """Return name, first and last day of the usual periods; the current ones end today."""
    today = clock.today()
    month = today.replace(day=1)
    last_month = month - dt.timedelta(days=1)
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return [
        (_("Bulan ini"), month, today),
        (_("Bulan lalu"), last_month.replace(day=1), last_month),
        (_("Triwulan ini"), quarter, today),
        (_("Tahun ini"), today.replace(month=1, day=1), today),
    ]


class RegisterForm(OfficeForm):
    """First and last day, and the division if there are several scopes.

    `newest` is the key of the newest register when the user opened the form.
    """

    since = LocalDateField(label=_("Dari tanggal"))
    until = LocalDateField(label=_("Sampai tanggal"))
    division = forms.ChoiceField(
        label=word("division_name"),
        error_messages={"invalid_choice": with_words_lazy(_("Pilih %(division)s dari daftar ini."))},
    )
    newest = forms.CharField(required=False, max_length=18)

    def __init__(self, data: Mapping[str, Any] | None, *, scopes: Sequence[Scope]) -> None:
        _name, since, until = usual_periods()[0]
        super().__init__(data, initial={"since": since, "until": until})
        self.scopes = scopes
        division = cast(forms.ChoiceField, self.fields["division"])
        division.choices = [(str(s.division.pk), str(s.division)) for s in scopes if s.division]
        if len(scopes) == 1:
            del self.fields["division"]

    def rows(self) -> list[str | LayoutObject]:
        dates = Div("since", "until", css_class="grid-2")
        return ["division", dates] if "division" in self.fields else [dates]

    @property
    def period(self) -> dict[str, Any]:
        """Return the valid or initial choice as arguments of the services. None is the whole office."""
        given = self.cleaned_data if self.is_bound else self.initial
        chosen = {"division": self.scopes[0].division, **given}
        return {name: chosen[name] for name in ("since", "until", "division")}

    def clean_division(self) -> Division | None:
        chosen = self.cleaned_data["division"]
        return next(s.division for s in self.scopes if s.division and str(s.division.pk) == chosen)

    def clean_newest(self) -> int | None:
        return parse_key(self.cleaned_data["newest"])
