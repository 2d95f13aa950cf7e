"""The forms of the Pengawas for a complaint in the independent channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, TextField, reason_field
from office.models import Office


class ConcludeForm(StepForm):
    """The outcome in writing."""

    notice = _("Pelapor membaca hasil ini. Sesudah dikirim, hasilnya tidak dapat diubah lagi.")
    is_final = True

    outcome = TextField(
        label=_("Hasil pemeriksaan"),
        rows=8,
        max_length=10_000,
        error_messages={"required": _("Tulis hasil pemeriksaan untuk pelapor.")},
    )


class DismissForm(StepForm):
    """The reason."""

    notice = _("Pelapor membaca alasan ini. Sesudah ditolak, pengaduan tidak dapat dibuka lagi.")
    is_final = True

    reason = reason_field(_("Tulis mengapa pengaduan ini ditolak."))


class ReferUpForm(StepForm):
    """The higher office, as the profile of this office names it, and the reason."""

    notice = _(
        "Langkah ini mencatat bahwa Anda meneruskan pengaduan ini; berkasnya Anda kirim sendiri. Pelapor "
        "membaca catatan ini. Sesudah ada hasil, tulis hasilnya di sini."
    )

    office = forms.CharField(
        label=_("Diteruskan kepada"),
        max_length=150,
        error_messages={"required": _("Tulis nama instansi yang menerimanya.")},
    )
    address = forms.CharField(label=_("Alamat"), max_length=250, required=False)
    reason = reason_field(_("Tulis mengapa pengaduan ini diteruskan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = Office.load()
        self.initial.setdefault("office", profile.higher_office)
        self.initial.setdefault("address", profile.higher_office_address)
