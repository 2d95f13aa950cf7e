"""What an applicant fills in afterwards: a completion, a withdrawal, another time, a lookup."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import PhoneField
from consultations.forms.step import StepForm, TextField, note_field, reason_field
from intake.forms.upload_fields import CheckedFilesField, ChosenFiles
from intake.merge_pdf import as_one_pdf
from intake.uploads import CheckedFile
from scheduling.forms.visit_time import VisitTimeField, offer_times


class CompleteForm(StepForm):
    """Step 2: what was missing (Kelengkapan). Something must be new, or nothing was completed.

    Several files become one PDF. None is kept where something else is wrong: `choose_again` names those that
    were good.
    """

    material = TextField(label=_("Materi konsultasi"), max_length=10_000, rows=6, required=False)
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang baru"),
        required=False,
        empty_label=_("Tetap seperti semula"),
        help_text=_("Kosongkan bila tetap."),
    )
    file = CheckedFilesField(
        label=_("Berkas kelengkapan"),
        required=False,
        help_text=_(
            "PDF, atau foto tiap lembarnya: paling banyak 5 berkas, masing-masing paling besar 5 MB. "
            "Foto dijadikan satu PDF."
        ),
    )
    note = note_field(_("Untuk Tim PKD. Boleh dikosongkan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].initial = self.case.material
        offer_times(self, "visit_at", self.case)
        self.choose_again: list[str] = []

    def clean_file(self) -> CheckedFile | None:
        files: ChosenFiles = self.cleaned_data["file"]
        self.choose_again = files.names
        if files.refused:
            raise ValidationError(files.refused)
        return as_one_pdf(files.good)

    def clean(self) -> dict[str, Any]:
        new = self.cleaned_data
        same = new.get("material", "").split() in ([], self.case.material.split())
        if not self.errors and same and not (new["visit_at"] or new["file"] or new["note"]):
            raise ValidationError(
                _("Belum ada yang dilengkapi. Ubah materi, pilih waktu atau berkas, atau tulis catatan.")
            )
        return new


class WithdrawForm(StepForm):
    """The reason for which an applicant takes the request back (Penarikan)."""

    notice = _("Yang ditarik tidak dapat dibuka lagi. Anda dapat mengajukan yang baru.")
    reason = reason_field(_("Tulis alasan Anda, contoh: sudah selesai di desa."))


class LookupForm(forms.Form):
    """The tracking code with the telephone number that was given: together they open the secret link."""

    code = forms.CharField(
        label=_("Kode lacak"),
        max_length=20,
        error_messages={"required": _("Tulis kode lacak yang tercetak pada tanda terima.")},
        help_text=_("Contoh: 7K3M-9Q2X. Huruf besar atau kecil, dengan atau tanpa garis."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = PhoneField(help_text=_("Nomor yang Anda tulis pada permohonan, contoh: 0812-3456-7890."))

    def clean_code(self) -> str:
        code = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["code"].upper())
        return f"{code[:4]}-{code[4:]}"
