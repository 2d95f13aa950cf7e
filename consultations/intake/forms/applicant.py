"""Forms of the applicant's own steps (complete, withdraw), of a withdrawal by the office, and of lookup."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.enums import RequestedBy
from consultations.forms import StepForm
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm, merge_to_pdf
from consultations.scheduling.forms.visit_time import VisitTimeField, offer_times
from kit.forms import PhoneField, TextField, line_field, note_field, radio_field, reason_field
from office.words import with_words_lazy


class CompleteForm(FilesForm, StepForm):
    """Step 2: what was missing (Kelengkapan). At least one field must be new.

    Several files become one PDF.
    """

    material = TextField(label=_("Materi konsultasi"), max_length=10_000, rows=6, required=False)
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang baru"),
        required=False,
        empty_label=_("Tetap seperti semula"),
        help_text=_("Kosongkan bila tetap."),
    )
    file = CheckedFilesField(label=_("Berkas kelengkapan"), required=False)
    note = note_field(with_words_lazy(_("Untuk %(agenda_team)s.")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].initial = self.case.material
        offer_times(self, "visit_at", self.case)

    def clean_file(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("file"))

    def clean(self) -> dict[str, Any]:
        new = self.cleaned_data
        same = new.get("material", "").split() in ([], self.case.material.split())
        if not self.errors and same and not (new["visit_at"] or new["file"] or new["note"]):
            raise ValidationError(
                _("Belum ada yang dilengkapi. Ubah materi, pilih waktu atau berkas, atau tulis catatan.")
            )
        return new


class WithdrawForm(StepForm):
    """The reason for a withdrawal (Penarikan)."""

    notice = _("Yang ditarik tidak dapat dibuka lagi. Anda dapat mengajukan yang baru.")
    reason = reason_field(with_words_lazy(_("Tulis alasan Anda, contoh: sudah selesai di %(village)s.")))


class WithdrawForForm(StepForm):
    """Form: the way in which the applicant asked the office to withdraw the request, and the reason."""

    is_final = True
    notice = _("Yang ditarik tidak dapat dibuka lagi. Pemohon diberi tahu, dan alasan ini dibacanya.")
    requested_by = radio_field(
        _("Pemohon memintanya lewat"), RequestedBy, missing=_("Pilih cara pemohon memintanya.")
    )
    reason = reason_field(with_words_lazy(_("Tulis alasan pemohon, contoh: sudah selesai di %(village)s.")))


class LookupForm(forms.Form):
    """Tracking code and telephone number, which together lead to the secret link."""

    code = line_field(
        _("Kode lacak"),
        20,
        missing=_("Tulis kode lacak yang tercetak pada tanda terima."),
        help_text=_("Contoh: 7K3M-9Q2X. Huruf besar atau kecil, dengan atau tanpa garis."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = PhoneField(help_text=_("Nomor yang Anda tulis pada permohonan, contoh: 0812-3456-7890."))

    def clean_code(self) -> str:
        code = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["code"].upper())
        return f"{code[:4]}-{code[4:]}"
