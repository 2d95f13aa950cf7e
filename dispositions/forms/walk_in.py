"""The form of step 8 for an urgent visitor at the counter."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.agenda import ClassificationField
from consultations.forms.step import side_by_side
from dispositions.queries import list_serving_appointments
from intake.forms.counter import CounterForm
from office.models import Appointment, Office
from scheduling.queries import list_officers_in_session


class WalkInForm(CounterForm):
    """The visitor, the matter, and the officer who serves at once."""

    served_by = forms.ChoiceField(
        label=_("Dilayani oleh"),
        error_messages={
            "required": _("Pilih petugas yang melayani."),
            "invalid_choice": _("Pilih petugas dari daftar ini."),
        },
    )
    classification = ClassificationField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].label = _("Keperluan")
        self.fields["at"].label = _("Datang pada")
        self.fields["classification"].initial = Office.load().report_classification
        self.appointments = {_value(one): one for one in list_serving_appointments()}
        self.fields["served_by"].choices = [  # type: ignore[attr-defined]
            ("", _("Pilih petugas")),
            *_by_division(self.appointments.values()),
        ]

    def rows(self) -> list[str | LayoutObject]:
        return [
            "submission_token",
            side_by_side("applicant_name", "phone"),
            "subject",
            "served_by",
            side_by_side("organisation", "at"),
            "classification",
            ClassificationField.SUGGESTIONS,
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if served_by := self.appointments.get(data.pop("served_by", "")):
            data["division"], data["officer"] = served_by.position.division, served_by.user
        data["material"] = data.get("subject", "")
        return data


def _value(appointment: Appointment) -> str:
    """Return the value of a choice. A person in two divisions is a choice in each."""
    return f"{appointment.position.division_id}-{appointment.user_id}"


def _by_division(appointments: Iterable[Appointment]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return grouped choices. The label says if the person is in a consultation at the moment."""
    in_session = list_officers_in_session()
    groups: dict[str, list[tuple[str, str]]] = {}
    for appointment in appointments:
        name = str(appointment.user)
        if appointment.user_id in in_session:
            name = _("%(name)s (sedang dalam konsultasi)") % {"name": name}
        groups.setdefault(str(appointment.position.division), []).append((_value(appointment), name))
    return [*groups.items()]
