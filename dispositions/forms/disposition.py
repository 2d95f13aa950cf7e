"""Forms about the disposition: dispose, decline, hand back (steps 3 and 4) and ratify (step 8)."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateField
from consultations.forms.long import LongForm
from consultations.forms.step import NoteForm, StepForm, note_field, reason_field, side_by_side
from dispositions.forms.fields import SeveralField
from dispositions.queries import current_disposition
from office import clock
from office.models import Appointment, Division, Instruction, Role

LATEST_DEADLINE = dt.timedelta(days=731)


class DisposeForm(LongForm):
    """The disposition sheet (Lembar Disposisi)."""

    division = forms.ModelChoiceField(
        queryset=Division.objects.filter(is_active=True),
        label=_("Diteruskan kepada"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Pilih bidang yang menindaklanjuti."),
            "invalid_choice": _("Pilih bidang dari daftar ini."),
        },
    )
    instructions = SeveralField(
        label=_("Dengan hormat harap"),
        queryset=Instruction.objects.filter(is_active=True),
    )
    other_instruction = forms.CharField(label=_("Instruksi lain"), max_length=120, required=False)
    deadline = LocalDateField(label=_("Batas waktu"), required=False)
    copies = SeveralField(
        label=_("Tembusan"),
        queryset=Division.objects.filter(is_active=True),
        help_text=_("Kepala Bidang ini dapat membaca permohonan."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        division, copies = self.fields["division"], self.fields["copies"]
        # Callables, so that only a page that shows the form queries its choices.
        division.choices = lambda: self._divisions_with_heads  # type: ignore[attr-defined]
        copies.choices = lambda: [(one.pk, str(one)) for one in self._divisions]  # type: ignore[attr-defined]

    @cached_property
    def _divisions(self) -> list[Division]:
        return list(Division.objects.filter(is_active=True))

    @cached_property
    def _divisions_with_heads(self) -> list[tuple[int, str]]:
        """The divisions as choices, each with the person who heads it today."""
        appointments = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
        heads = {
            head.position.division_id: head.user
            for head in appointments.select_related("user", "position").order_by("-pk")
        }
        nobody = _("belum ada Kepala Bidang")
        return [(one.pk, f"{one} ({heads.get(one.pk, nobody)})") for one in self._divisions]

    def rows(self) -> list[str | LayoutObject]:
        return [
            "division",
            "instructions",
            side_by_side("other_instruction", "deadline"),
            "copies",
            "note",
        ]

    def clean_deadline(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["deadline"]
        if day and day < clock.today():
            raise ValidationError(_("Batas waktu tidak boleh sebelum hari ini."))
        if day and day > clock.today() + LATEST_DEADLINE:
            raise ValidationError(_("Pilih batas waktu dalam dua tahun ke depan."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [*data.get("instructions", []), data.pop("other_instruction", "")]
        data["instructions"] = list(dict.fromkeys(str(text) for text in chosen if text))
        return data


class DeclineForm(LongForm):
    reason = reason_field(_("Tulis mengapa permohonan ini ditolak."))
    notice = _("Pemohon membaca alasan ini. Permohonan yang ditolak tidak dapat dibuka lagi.")


class HandBackForm(StepForm):
    reason = reason_field(_("Tulis mengapa bidang Anda tidak tepat untuk permohonan ini."))
    notice = _("Permohonan kembali kepada Kepala Dinas untuk didisposisikan ulang.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = current_disposition(self.case)


class RatifyForm(NoteForm):
    notice = _("Dengan ini disposisi yang dibuat Sekretariat untuk tamu mendesak menjadi disposisi Anda.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = current_disposition(self.case)
