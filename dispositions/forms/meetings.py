"""The officer's forms of step 5 about a meeting (forum rapat): call it, and record its minutes."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateTimeField
from consultations.forms.long import LongForm
from consultations.forms.step import TextField, side_by_side
from dispositions.queries import current_meeting, current_minutes
from intake.forms.upload_fields import CheckedFileField
from office.words import with_words_lazy
from scheduling.forms.holding import ATTENDEES_HELP


class CallMeetingForm(LongForm):
    """Time, place, agenda and guests. If a meeting is called already, the form changes it."""

    starts_at = LocalDateTimeField(label=with_words_lazy(_("Tanggal dan jam (%(zone)s)")))
    place = forms.CharField(
        label=_("Tempat"), max_length=200, error_messages={"required": _("Tulis tempat rapat.")}
    )
    agenda = TextField(
        label=_("Acara"),
        max_length=2_000,
        help_text=_("Terbaca oleh semua yang diundang. Jangan tulis nama pemohon."),
        error_messages={"required": _("Tulis yang dibahas dalam rapat.")},
    )
    invited = TextField(
        label=_("Yang diundang"),
        max_length=2_000,
        help_text=_("Satu pejabat atau instansi satu baris. Contoh: Kepala Puskesmas Contoh"),
        error_messages={"required": _("Tulis siapa saja yang diundang.")},
    )
    notice = _(
        "Surat undangan terbit bersama langkah ini, untuk dicetak, ditandatangani, dan dikirim. Daftar hadir "
        "dapat dicetak dari halaman permohonan."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.minutes_awaited and (meeting := current_meeting(self.case)):
            self.notice = _("Rapat ini sudah diundang. Surat undangan yang baru menggantikan yang lama.")
            for name in self.fields:
                self.initial.setdefault(name, getattr(meeting, name))

    def rows(self) -> list[str | LayoutObject]:
        return [side_by_side("starts_at", "place"), "agenda", "invited"]


class RecordMinutesForm(LongForm):
    """The minutes of the latest meeting, filled with the version before."""

    attendees = TextField(
        label=_("Yang hadir"),
        max_length=4_000,
        help_text=ATTENDEES_HELP,
        error_messages={"required": _("Tulis siapa saja yang hadir.")},
    )
    discussion = TextField(
        label=_("Pembahasan"),
        rows=6,
        max_length=20_000,
        error_messages={"required": _("Tulis yang dibahas.")},
    )
    conclusion = TextField(
        label=_("Kesimpulan rapat"),
        max_length=20_000,
        help_text=_("Satu butir satu baris."),
        error_messages={"required": _("Tulis kesimpulan rapat.")},
    )
    file = CheckedFileField(label=_("Daftar hadir yang sudah ditandatangani"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if minutes := current_minutes(self.case):
            self.notice = _("Notula yang baru menggantikan yang sudah terbit.")
            for name in ("attendees", "discussion", "conclusion"):
                self.initial.setdefault(name, getattr(minutes, name))
