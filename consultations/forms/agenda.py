"""Step 2: the forms of Tim PKD."""

from typing import Any

from crispy_forms.layout import HTML, LayoutObject
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office.models import Office, User

from .step import StepForm, beside, note_field, reason_field

REGISTERED = ("classification", "srikandi_number", "urgency", "confidentiality", "complained_about")
"""What the agenda book adds to a request, and keeps when a number is voided."""


class ClassificationField(forms.CharField):
    """A classification code (Permendagri 83/2022), typed or chosen from the usual ones: groups of digits."""

    default_validators = [
        RegexValidator(
            r"^[0-9]{1,3}(\.[0-9]{1,3}){0,5}$",
            _("Tulis kode klasifikasi berupa angka, contoh: 400.9."),
        )
    ]
    SUGGESTIONS = HTML("{% include 'steps/classifications.html' %}")

    def __init__(self) -> None:
        super().__init__(
            label=_("Kode klasifikasi"),
            max_length=20,
            widget=forms.TextInput(attrs={"list": "classifications", "autocomplete": "off"}),
            error_messages={"required": _("Isi kode klasifikasi, contoh: 400.9.")},
        )


class RegisterForm(StepForm):
    """What the agenda book adds to a request; for a complaint also which official it is about."""

    classification = ClassificationField()
    srikandi_number = forms.CharField(
        label=_("Nomor naskah SRIKANDI"),
        max_length=100,
        required=False,
        help_text=_("Bila surat ini juga dicatat di SRIKANDI."),
    )
    urgency = forms.ChoiceField(
        label=_("Tingkat urgensi"),
        choices=Case.Urgency,
        initial=Case.Urgency.NORMAL,
        error_messages={"required": _("Pilih tingkat urgensi.")},
    )
    confidentiality = forms.ChoiceField(
        label=_("Sifat naskah"),
        choices=Case.Confidentiality,
        initial=Case.Confidentiality.NORMAL,
        error_messages={"required": _("Pilih sifat naskah.")},
    )
    complained_about = forms.ModelChoiceField(
        label=_("Pejabat yang diadukan"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Bukan pejabat dinas ini, atau tidak disebut"),
        error_messages={"invalid_choice": _("Pilih pejabat dari daftar ini.")},
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classification"].initial = Office.load().report_classification
        if self.case.classification:  # registered before, under a number that was voided
            for name in REGISTERED:
                self.fields[name].initial = getattr(self.case, name)
        if self.case.kind == Case.Kind.COMPLAINT:
            field = self.fields["complained_about"]
            field.queryset = User.objects.in_office()  # type: ignore[attr-defined]
            field.help_text = _(
                "Menurut pengadu: %(party)s. Pejabat yang dipilih tidak dapat melihat pengaduan ini. "
                "Bila ia Kepala Dinas, mintalah administrator menunjuk Plh., supaya pengaduan ini dapat "
                "didisposisikan."
            ) % {"party": self.case.complained_party or "-"}
        else:
            del self.fields["complained_about"]

    def rows(self) -> list[str | LayoutObject]:
        about = ["complained_about"] if "complained_about" in self.fields else []
        return [
            beside("classification", "srikandi_number"),
            ClassificationField.SUGGESTIONS,
            beside("urgency", "confidentiality"),
            *about,
            "note",
        ]


class SendBackForm(StepForm):
    missing = reason_field(_("Tulis apa yang perlu dilengkapi pemohon."), label=_("Yang perlu dilengkapi"))
    notice = _("Pemohon membaca tulisan ini di halamannya, lalu melengkapi permohonan.")


class LapseForm(StepForm):
    reason = reason_field(_("Tulis mengapa permohonan ini ditutup."))
    notice = _("Pemohon tidak melengkapi permohonan dalam waktu yang ditentukan. Alasan ini terbaca olehnya.")


class VoidForm(StepForm):
    reason = reason_field(_("Tulis mengapa nomor agenda ini dibatalkan."))
    notice = _("Nomor agenda ini tetap tercatat sebagai dibatalkan dan tidak dipakai lagi.")
