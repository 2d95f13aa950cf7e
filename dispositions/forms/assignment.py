"""Forms of the Kepala Bidang for step 4: assign a case to an officer and companions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.long import LongForm
from consultations.forms.step import StepForm, TextField, note_field, reason_field
from dispositions.eligibility import eligible_companions, eligible_officers
from dispositions.forms.fields import SeveralField
from dispositions.queries import current_disposition
from office.models import User
from scheduling.queries import current_session


class OfficerField(forms.ModelChoiceField):
    """The officer who serves a case. The label of `by` says that it is the reader."""

    by: Any = None

    def __init__(self) -> None:
        super().__init__(
            queryset=User.objects.none(),
            label=_("Petugas"),
            empty_label=_("Pilih petugas"),
            error_messages={
                "required": _("Pilih petugas yang melayani."),
                "invalid_choice": _("Pilih petugas dari bidang yang menerima disposisi."),
            },
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(_("%(name)s (saya sendiri)") % {"name": obj}) if obj == self.by else str(obj)


class PeopleForm(StepForm):
    """The officer and the companions of a case."""

    officer = OfficerField()
    companions = SeveralField(
        label=_("Pendamping"),
        queryset=User.objects.none(),
        help_text=_("Boleh dari bidang lain."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officer: Any = self.fields["officer"]
        companions: Any = self.fields["companions"]
        officer.by, officer.queryset = self.by, eligible_officers(self.case)
        companions.queryset = eligible_companions(self.case)


class AssignForm(LongForm, PeopleForm):
    """The officer and companions, what to prepare, and whether a staff review is required."""

    takes_advice = "preparation"

    preparation = TextField(
        label=_("Yang disiapkan"),
        rows=3,
        required=False,
        help_text=_("Administrasi, bahan, dan peralatan yang diminta dari petugas."),
    )
    needs_review = forms.BooleanField(
        label=_("Perlu telaahan staf"),
        required=False,
        help_text=_("Bila perlu rapat dengan pimpinan atau pendapat instansi lain."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = current_disposition(self.case)


class ReassignForm(PeopleForm):
    reason = reason_field(_("Tulis mengapa petugas diganti."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].initial = self.case.officer_id
        self.fields["companions"].initial = [person.pk for person in self.case.companions.all()]
        if current_session(self.case):
            self.notice = _("Jadwal yang sudah ada pindah ke kalender petugas yang baru.")
