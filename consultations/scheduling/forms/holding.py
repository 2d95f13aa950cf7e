"""The officer's forms of step 7: start, finish, and what else can happen at the planned time."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms import LongForm, NoteForm, StepForm
from consultations.scheduling.forms.absence import at_time
from consultations.scheduling.forms.sessions import not_in_the_future
from consultations.scheduling.queries import current_session
from consultations.scheduling.reservations import check_start
from kit import clock
from kit.forms import LocalDateField, LocalDateTimeField, LocalTimeField, TextField, note_field, side_by_side
from kit.refusal import Refused
from office.words import with_words_lazy

ATTENDEES_HELP = _("Satu orang satu baris: nama; jabatan; lembaga. Contoh: Siti Aminah; guru; SD Contoh")


class StartForm(StepForm):
    """A confirmation, with a time if the start is entered afterwards."""

    at = LocalDateTimeField(
        label=_("Mulai sejak"), required=False, help_text=_("Kosongkan bila konsultasi dimulai sekarang.")
    )

    @cached_property
    def notice(self) -> Promise | str:  # type: ignore[override]
        session = current_session(self.case)
        try:
            if session:
                check_start(session, clock.now(), field="at")
        except Refused as refusal:
            return str(refusal)
        return _("Waktu pelayanan dihitung sejak konsultasi dimulai.")

    def clean_at(self) -> dt.datetime | None:
        return not_in_the_future(self.cleaned_data["at"])


class UndoStartForm(NoteForm):
    notice = _("Konsultasi kembali terjadwal. Pemberitahuan jadwalnya berlaku lagi.")


class FinishForm(LongForm):
    """The attendees, and the real time of the consultation. The recorded start can be corrected."""

    attendees = TextField(
        _("Yang hadir"),
        missing=_("Tulis siapa saja yang hadir."),
        rows=3,
        max_length=2_000,
        help_text=ATTENDEES_HELP,
    )
    day = LocalDateField(label=_("Tanggal pelaksanaan"))
    started_at = LocalTimeField(
        label=_("Mulai sebenarnya"), help_text=_("Ubah bila konsultasi dimulai pada jam lain.")
    )
    finished_at = LocalTimeField(
        label=_("Selesai sebenarnya"), required=False, help_text=_("Kosongkan bila selesai sekarang.")
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applicant, organisation = self.case.applicant_name, self.case.organisation
        self.fields["attendees"].initial = f"{applicant}; ; {organisation}" if organisation else applicant
        session = current_session(self.case)
        self.recorded = timezone.localtime(session.started_at if session else None)
        self.fields["day"].initial, self.fields["started_at"].initial = self.recorded, self.recorded.time()

    def rows(self) -> list[str | LayoutObject]:
        return ["attendees", "day", side_by_side("started_at", "finished_at"), "note"]

    def clean(self) -> dict[str, Any]:
        """Combine the day and the times. An unchanged start has its seconds. An empty end means now."""
        data = super().clean() or self.cleaned_data
        day, start, end = (data.pop(name, None) for name in ("day", "started_at", "finished_at"))
        if day and start:
            moment = at_time(day, start)
            recorded = self.recorded.replace(second=0, microsecond=0)
            data["started_at"] = self.recorded if moment == recorded else moment
        if day and "finished_at" not in self.errors:
            data["finished_at"] = at_time(day, end) if end else None
        return data


class AnswerForm(LongForm):
    """The answer in writing (Jawab tertulis), instead of a meeting."""

    answer = TextField(
        _("Jawaban"),
        missing=_("Tulis jawaban untuk pemohon."),
        rows=10,
        max_length=10_000,
        help_text=_("Menjadi Hasil yang Dicapai dalam laporan. Dapat diperbaiki di sana."),
    )
    minutes = forms.IntegerField(
        label=_("Waktu yang dipakai (menit)"),
        required=False,
        min_value=1,
        max_value=480,
        help_text=_("Tidak dihitung dalam standar waktu pelayanan."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Tulis lamanya antara 1 dan 480 menit.")
        ),
    )
    note = note_field()
    notice = with_words_lazy(
        _(
            "Tidak ada jadwal dan tidak ada pertemuan. Pemohon membaca jawaban ini sesudah laporannya"
            " diterima %(head)s."
        )
    )


class NoShowForm(NoteForm):
    notice = _("Permohonan kembali menunggu jadwal baru; waktu petugas menjadi kosong lagi.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.planned_at and self.case.planned_at > clock.now():
            self.notice = _(
                "Waktu konsultasi belum tiba. Catat ini hanya bila pemohon sudah memberi kabar bahwa ia "
                "tidak dapat hadir, dan tulis kabarnya."
            )
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _("Tulis kabar dari pemohon.")
