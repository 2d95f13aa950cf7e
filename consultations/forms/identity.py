"""The form that asks for the reason of a reveal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm
from consultations.models import Case
from consultations.parties import subject_unknown
from office.words import with_words_lazy


class RevealForm(OfficeForm):
    """The reason (Keperluan) and, if the subject is unknown, the declaration not to be the subject."""

    reason = forms.CharField(
        label=_("Keperluan"),
        max_length=150,
        help_text=_("Contoh: menghubungi pelapor untuk meminta bukti. Nama Anda dan keperluan ini dicatat."),
        error_messages={"required": _("Tulis untuk apa identitas pelapor perlu dibuka.")},
    )
    is_not_meant = forms.BooleanField(
        label=_("Saya bukan yang diadukan"),
        error_messages={
            "required": with_words_lazy(
                _(
                    "Centang bila pengaduan ini bukan mengenai Anda. Bila mengenai Anda, anggota "
                    "%(agenda_team)s lain yang menanganinya."
                )
            )
        },
        help_text=_("Pengaduan ini belum diagendakan. Pernyataan Anda dicatat bersama keperluannya."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not subject_unknown(case):
            del self.fields["is_not_meant"]
