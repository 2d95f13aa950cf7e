"""The forms of absences and of stand-ins (Plh., Plt.)."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Field, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.scheduling.absences import TEMPORARY, list_people
from consultations.scheduling.forms import at_time
from consultations.scheduling.models import Absence
from kit import clock
from kit.forms import (
    LocalDateField,
    LocalTimeField,
    OfficeForm,
    TextField,
    line_field,
    radio_field,
    side_by_side,
)
from office.models import Appointment, User
from office.words import with_words_lazy

LONGEST = dt.timedelta(days=366)


class AbsenceForm(OfficeForm):
    """The person, the days with the hours of the first and last one, the reason and a note.

    The cleaned data are the keyword arguments of `record_absence()`. `person` is shown to users who may enter
    absences of others.
    """

    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Siapa yang berhalangan?"),
        empty_label=None,
        error_messages={
            "required": _("Pilih yang berhalangan."),
            "invalid_choice": _("Pilih dari daftar ini."),
        },
    )
    first_day = LocalDateField(label=_("Mulai"))
    from_time = LocalTimeField(
        label=_("Mulai jam"), required=False, help_text=_("Kosong: sejak kantor buka.")
    )
    last_day = LocalDateField(label=_("Sampai"))
    until_time = LocalTimeField(
        label=_("Sampai jam"), required=False, help_text=_("Kosong: sampai kantor tutup.")
    )
    reason = radio_field(_("Alasan"), Absence.Reason, missing=_("Pilih alasannya."))
    note = TextField(
        label=_("Keterangan"),
        required=False,
        rows=2,
        max_length=500,
        help_text=with_words_lazy(
            _("Hanya terbaca oleh yang bersangkutan, %(division_head)s, dan %(secretariat)s.")
        ),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = list_people(by)
        people.initial = by.pk
        self.is_for_others = people.queryset.exclude(pk=by.pk).exists()
        if not self.is_for_others:
            del self.fields["person"]
        self.by = by
        self.fields["first_day"].initial = self.fields["last_day"].initial = clock.today()

    def rows(self) -> list[str | LayoutObject]:
        who = ["person"] if self.is_for_others else []
        days = [side_by_side("first_day", "last_day"), side_by_side("from_time", "until_time")]
        return [*who, *days, Field("reason", template="ui/choice.html"), "note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.setdefault("person", self.by)
        if self.errors:
            return data
        first, last = data.pop("first_day"), data.pop("last_day")
        starts_at = at_time(first, data.pop("from_time"))
        until = data.pop("until_time")
        ends_at = at_time(last, until) if until else clock.midnight(last + dt.timedelta(days=1))
        if ends_at <= starts_at:
            self.add_error("last_day", _("Akhirnya harus sesudah mulainya."))
        elif ends_at - starts_at > LONGEST:
            self.add_error("last_day", _("Paling lama satu tahun. Catat sisanya kemudian."))
        return {**data, "starts_at": starts_at, "ends_at": ends_at}

    def clean_first_day(self) -> dt.date:
        first: dt.date = self.cleaned_data["first_day"]
        if first > clock.today() + LONGEST:
            raise ValidationError(_("Pilih hari dalam satu tahun ke depan."))
        return first


class StandInForm(forms.Form):
    """The person, the prefix and the order (Surat Perintah). `delegate()` checks the rules of the office."""

    to = forms.ModelChoiceField(
        User.objects.all(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Pilih siapa yang menggantikan.")),
    )
    acting = forms.ChoiceField(
        choices=[(prefix.value, prefix.label) for prefix in TEMPORARY],
        initial=Appointment.Acting.PLH,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Pilih Plh. atau Plt.")),
    )
    order_number = line_field(_("Nomor Surat Perintah"), 100, missing=_("Tulis nomor Surat Perintah."))
    order_date = LocalDateField(label=_("Tanggal Surat Perintah"))
