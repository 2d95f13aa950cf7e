"""Forms about the disposition: dispose, decline, hand back (steps 3 and 4) and ratify (step 8)."""

import datetime as dt
from typing import Any

from crispy_forms.layout import HTML, Field, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.forms.fields import LocalDateField
from consultations.forms.long import LongForm
from consultations.forms.step import NoteForm, StepForm, TextField, note_field, reason_field
from dispositions.forms.fields import OneOf, SomeOf
from dispositions.models import MEETING, Disposition, Endorsement
from dispositions.queries import DivisionLoad, current_disposition, current_endorsement, list_division_loads
from office import clock
from office.lists import list_active_divisions, list_instructions
from office.words import with_words_lazy
from office.worktime import WorkingTime

LATEST_DEADLINE = dt.timedelta(days=731)
USUAL_DEADLINES = ((_("1 hari kerja"), 1), (_("3 hari kerja"), 3), (_("5 hari kerja"), 5))
"""Shortcuts, in working days after today."""


class DivisionField(OneOf):
    """One of the active divisions, shown as cards with head and workload."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            list_active_divisions,
            error_messages={
                "required": with_words_lazy(_("Pilih %(division)s yang menindaklanjuti.")),
                "invalid_choice": with_words_lazy(_("Pilih %(division)s dari daftar ini.")),
            },
            **kwargs,
        )


class DivisionForm(LongForm):
    """A step that chooses a division."""

    @cached_property
    def divisions(self) -> list[DivisionLoad]:
        """The active divisions with head and workload, shown as cards."""
        return list_division_loads()


class EndorseForm(DivisionForm):
    """The initials of the Sekretaris, with a proposed division."""

    division = DivisionField(label=with_words_lazy(_("Usul %(division)s (boleh kosong)")), required=False)
    note = note_field()
    notice = with_words_lazy(_("Sesudah paraf, %(head)s mendisposisikan."))

    def rows(self) -> list[str | LayoutObject]:
        return [Field("division", template="dispositions/fields/divisions.html"), "note"]


class DisposeForm(DivisionForm):
    """The disposition sheet (Lembar Disposisi). `usual_deadline` offers days as a shortcut to `deadline`.

    The division that the Sekretaris proposes is chosen beforehand.
    """

    of_one_case = ("division",)
    division = DivisionField(label=_("Diteruskan kepada"))
    instructions = SomeOf(list_instructions, label=_("Dengan hormat harap"))
    other_instruction = forms.CharField(label=_("Instruksi lain"), max_length=120, required=False)
    with_meeting = forms.BooleanField(
        label=_("Telaahan staf dengan forum rapat"),
        required=False,
        help_text=_("Petugas mengundang rapat dengan pimpinan atau instansi lain (langkah 5)."),
    )
    usual_deadline = LocalDateField(label=_("Batas waktu"), required=False)
    deadline = LocalDateField(label=_("Tanggal lain"), required=False)
    copies = SomeOf(
        list_active_divisions,
        label=_("Diteruskan juga kepada"),
        help_text=with_words_lazy(_("%(division_head)s ini dapat membaca permohonan.")),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and self.endorsement:
            self.initial.setdefault("division", self.endorsement.division_id)

    @cached_property
    def endorsement(self) -> Endorsement | None:
        """The initials of the Sekretaris, if there are any."""
        return current_endorsement(self.case)

    @cached_property
    def usual_deadlines(self) -> list[tuple[Promise, dt.date, bool]]:
        """Names and days of the usual deadlines in working days, and which one is chosen."""
        working, chosen = WorkingTime.load(), str(self["usual_deadline"].value() or "")
        days = [(name, working.add_days(clock.today(), number)) for name, number in USUAL_DEADLINES]
        return [(name, day, str(day) == chosen) for name, day in days if day]

    def rows(self) -> list[str | LayoutObject]:
        return [
            Field("division", template="dispositions/fields/divisions.html"),
            Field("instructions", template="dispositions/fields/instructions.html"),
            "with_meeting",
            Field("usual_deadline", template="dispositions/fields/deadline.html"),
            HTML("{% include 'dispositions/fields/note_and_copies.html' %}"),
        ]

    def clean_usual_deadline(self) -> dt.date | None:
        return _check_deadline(self.cleaned_data["usual_deadline"])

    def clean_deadline(self) -> dt.date | None:
        return _check_deadline(self.cleaned_data["deadline"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        usual = data.pop("usual_deadline", None)
        data["deadline"] = data.get("deadline") or usual
        meeting = MEETING if data.pop("with_meeting", False) else ""
        chosen = [*data.get("instructions", []), meeting, data.pop("other_instruction", "")]
        data["instructions"] = list(dict.fromkeys(str(text) for text in chosen if text))
        return data


def _check_deadline(day: dt.date | None) -> dt.date | None:
    """Raise ValidationError if the day has passed or is too far away to be meant."""
    if day and day < clock.today():
        raise ValidationError(_("Batas waktu tidak boleh sebelum hari ini."))
    if day and day > clock.today() + LATEST_DEADLINE:
        raise ValidationError(_("Pilih batas waktu dalam dua tahun ke depan."))
    return day


class DeclineForm(LongForm):
    """The reason. A complaint also needs the agency that it is passed on to, or what is missing."""

    is_final = True
    reason = reason_field(_("Tulis mengapa permohonan ini ditolak."))
    passed_to = forms.CharField(
        label=_("Diteruskan kepada"),
        max_length=150,
        required=False,
        help_text=_("Instansi yang berwenang menangani pengaduan ini."),
    )
    missing = TextField(
        label=_("Yang perlu dilengkapi"),
        required=False,
        rows=2,
        help_text=_("Bila pengaduan belum lengkap. Isi salah satu dari keduanya."),
    )
    conditional = ("passed_to", "missing")
    notice = _(
        "Pemohon membaca alasan ini dalam surat penolakan; sapa dengan Bapak/Ibu. Permohonan yang ditolak "
        "tidak dapat dibuka lagi."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.kind != Kind.COMPLAINT:
            del self.fields["passed_to"], self.fields["missing"]


class HandBackForm(StepForm):
    reason = reason_field(
        with_words_lazy(_("Tulis mengapa %(division)s Anda tidak tepat untuk permohonan ini."))
    )
    notice = with_words_lazy(_("Permohonan kembali kepada %(head)s untuk didisposisikan ulang."))

    @cached_property
    def disposition(self) -> Disposition | None:
        return current_disposition(self.case)


class RatifyForm(NoteForm):
    notice = with_words_lazy(
        _("Dengan ini disposisi yang dibuat %(secretariat)s untuk tamu mendesak menjadi disposisi Anda.")
    )

    @cached_property
    def disposition(self) -> Disposition | None:
        return current_disposition(self.case)
