"""The form of step 8 for an urgent visitor at the counter."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import HELP
from consultations.forms.agenda import ClassificationField
from consultations.forms.step import folded, part, side_by_side
from dispositions.forms.fields import Option, by_load
from dispositions.queries import list_serving_appointments
from dispositions.workload import list_loads
from intake.forms.counter import CounterForm
from intake.forms.upload_fields import CheckedFilesField
from intake.merge_pdf import merge_to_pdf
from intake.uploads import CheckedFile
from office.models import Appointment, Office


class WalkInForm(CounterForm):
    """The visitor, the matter, and the officer who serves at once."""

    served_by = forms.ChoiceField(
        label=_("Siapa yang melayani?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Pilih petugas yang melayani."),
            "invalid_choice": _("Pilih petugas dari daftar ini."),
        },
    )
    classification = ClassificationField()
    materials = CheckedFilesField(label=_("Berkas yang dibawa"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].label = _("Keperluan")
        self.fields["at"].label = _("Datang pada")
        self.fields["classification"].initial = Office.load().report_classification
        self.appointments = {_value(one): one for one in list_serving_appointments()}
        served_by: Any = self.fields["served_by"]
        served_by.choices = [(value, str(one.user)) for value, one in self.appointments.items()]

    def rows(self) -> list[str | LayoutObject]:
        """Return the fields, with the people and their loads. Reads the loads, so only a shown form does."""
        loads = list_loads(self.appointments.values())
        options = [Option(_value(load.appointment), load) for load in loads]
        return [
            "submission_token",
            side_by_side("applicant_name", "phone"),
            "subject",
            by_load(self, "served_by", options, first_is_open=False),
            side_by_side("organisation", "at"),
            folded("materials"),
            part(_("Bantuan bagi penyandang disabilitas"), *HELP),
            "classification",
            ClassificationField.SUGGESTIONS,
        ]

    def clean_materials(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("materials"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if served_by := self.appointments.get(data.pop("served_by", "")):
            data["division"], data["officer"] = served_by.position.division, served_by.user
        data["material"] = data.get("subject", "")
        return data


def _value(appointment: Appointment) -> str:
    """Return the value of a choice. A person in two divisions is a choice in each."""
    return f"{appointment.position.division_id}-{appointment.user_id}"
