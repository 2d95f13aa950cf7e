"""The officer's forms of steps 6 and 7."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Field, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from consultations.forms import LongForm, NoteForm, StepForm
from consultations.scheduling.availability import DAYS_SHOWN, BusyTime, get_availability, list_busy_times
from consultations.scheduling.models import Absence, Session, Slot
from consultations.scheduling.queries import current_session
from consultations.scheduling.services import check_start, is_closed_now
from consultations.scheduling.visit_time import TimeChoice, check_hours
from kit import clock
from kit.forms import (
    WRONG_DATETIME,
    LocalDateField,
    LocalDateTimeField,
    LocalTimeField,
    TextField,
    folded,
    line_field,
    note_field,
    radio_field,
    reason_field,
    side_by_side,
)
from kit.refusal import Refused
from office.lists import list_active_rooms
from office.models import Office, Room, User
from office.words import with_words_lazy, word

LATEST_SESSION = dt.timedelta(days=366)


def check_past(moment: dt.datetime) -> None:
    """Raise ValidationError if the moment is still to come."""
    if moment > clock.now():
        raise ValidationError(_("Waktu ini belum tiba. Isi waktu yang sudah lewat, atau kosongkan."))


class PlanForm(StepForm):
    """Time and place of a consultation, shown beside the busy times of its people and of the rooms.

    If the office has entered rooms, a meeting at the office takes one of them, and `place` is for a meeting
    elsewhere. Without rooms, `place` is for both.
    """

    conditional: tuple[str, ...] = ("room", "place", "link")

    starts_at = LocalDateTimeField(
        label=_("Mulai"),
        help_text=word("zone_name"),
        error_messages={"required": _("Isi tanggal dan jam konsultasi."), "invalid": WRONG_DATETIME},
    )
    minutes = forms.TypedChoiceField(
        label=_("Lama"),
        choices=lambda: [(m, _("%(minutes)d menit") % {"minutes": m}) for m in (30, 60, 90, 120)],
        coerce=int,
        error_messages={
            "required": _("Pilih lamanya konsultasi."),
            "invalid_choice": _("Pilih lamanya konsultasi dari daftar ini."),
        },
    )
    mode = radio_field(
        _("Cara"),
        [choice for choice in Session.Mode.choices if choice[0] != Session.Mode.WRITTEN],
        missing=_("Pilih cara konsultasi."),
        invalid=_("Pilih cara konsultasi dari daftar ini."),
        initial=Session.Mode.OFFICE,
    )
    room = forms.ModelChoiceField(
        Room.objects.filter(is_active=True),
        label=_("Ruang"),
        required=False,
        empty_label=_("Pilih ruang"),
        help_text=_("Harus dipilih untuk tatap muka di kantor."),
        error_messages={"invalid_choice": _("Pilih ruang dari daftar ini.")},
    )
    place = line_field(
        _("Tempat"),
        200,
        help_text=_("Untuk tatap muka di kantor atau di tempat lain. Ikut dikirim kepada pemohon."),
    )
    link = forms.URLField(
        label=_("Tautan rapat"),
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text=_("Untuk konsultasi daring."),
        error_messages={"invalid": _("Tulis tautan lengkap, contoh: https://rapat.contoh.go.id/abc.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain_widget = self.fields["starts_at"].widget
        self.fields["starts_at"].widget = TimeChoice((), has_other=True)
        if list_active_rooms():
            self.fields["place"].help_text = _(
                "Untuk tatap muka di tempat lain. Ikut dikirim kepada pemohon."
            )
        else:
            del self.fields["room"]
        if not self.is_bound:
            self._set_initial()

    def _set_initial(self) -> None:
        if self.wished:
            self.fields["starts_at"].initial = self.wished
        planned = self.planned
        if "room" in self.fields:
            self.fields["room"].initial = planned.room_id if planned else self._find_free_room()
            self.fields["place"].initial = planned.place if planned and not planned.is_at_office else ""
        else:
            room = _("Ruang rapat %(office)s") % {"office": Office.load().name}
            self.fields["place"].initial = planned.place if planned and planned.place else room
        if planned and planned.starts_at and planned.ends_at:
            self.fields["minutes"].initial = (planned.ends_at - planned.starts_at) // dt.timedelta(minutes=1)
            self.fields["mode"].initial, self.fields["link"].initial = planned.mode, planned.link

    def _find_free_room(self) -> Room | None:
        """Return the first room that is free at the proposed time, or the first one without a time."""
        proposed, busy = self.fields["starts_at"].initial, set()
        if proposed:
            local = timezone.localtime(proposed)
            half = local.hour * 2 + local.minute // 30
            at_once = (time for time in self.busy_rooms if time.day == local.date())
            busy = {time.holder for time in at_once if time.first <= half < time.end}
        return next((room for room in list_active_rooms() if room not in busy), None)

    @property
    def wished(self) -> dt.datetime | None:
        """The time that the applicant wishes for, or None if it has passed."""
        moment = self.case.other_time or self.case.visit_at
        return moment if moment and moment > clock.now() else None

    @property
    def planned(self) -> Session | None:
        return current_session(self.case)

    @cached_property
    def people(self) -> list[User]:
        """The officer and the companions."""
        return [person for person in (self.case.officer, *self.case.list_companions()) if person]

    @cached_property
    def busy_times(self) -> list[BusyTime]:
        return list_busy_times(Slot.objects.filter(user__in=self.people), excluding=self.planned)

    @cached_property
    def busy_rooms(self) -> list[BusyTime]:
        return list_busy_times(Slot.objects.filter(room__is_active=True), excluding=self.planned)

    @cached_property
    def absences(self) -> list[Absence]:
        soon = clock.now() + dt.timedelta(days=DAYS_SHOWN)
        coming = Absence.objects.between(clock.now(), soon).filter(person__in=self.people)
        return list(coming.select_related("person"))

    def offer_times(self) -> str:
        """Let the field of the time show the free times, if there are any. Return its name."""
        field: Any = self.fields["starts_at"]
        available = get_availability(self.case, from_now=True)
        field.widget = self.plain_widget
        if available.moments:
            field.widget = TimeChoice(available.moments, available.full_days, has_other=True)
        return "starts_at"

    def how(self) -> list[str | LayoutObject]:
        """Return the rows for the length, the way and the place of the consultation."""
        place = [name for name in ("room", "place", "link") if name in self.fields]
        return ["minutes", Field("mode", template="ui/widgets/chips.html"), *place]

    def clean_starts_at(self) -> dt.datetime | None:
        moment: dt.datetime = self.cleaned_data["starts_at"]
        if moment <= clock.now():
            raise ValidationError(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."))
        if moment > clock.now() + LATEST_SESSION:
            raise ValidationError(_("Pilih waktu dalam satu tahun ke depan."))
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        takes_room = "room" in self.fields and data.get("mode") == Session.Mode.OFFICE
        if takes_room:
            data["place"] = ""
        elif "room" in self.fields:
            data["room"] = None
        if data.get("mode") == Session.Mode.PHONE:
            data["place"] = data["link"] = ""
        elif data.get("mode") == Session.Mode.ONLINE:
            data["place"] = ""
            if not data.get("link") and "link" not in self.errors:
                self.add_error("link", _("Isi tautan rapat untuk konsultasi daring."))
        elif "mode" in data:
            data["link"] = ""
            if not takes_room and not data.get("place") and "place" not in self.errors:
                self.add_error("place", _("Isi tempat konsultasi."))
        if data.get("mode") == Session.Mode.OFFICE and data.get("starts_at") and "minutes" in data:
            try:
                check_hours(data["starts_at"], data["minutes"])
            except ValidationError as closed:
                self.add_error("starts_at", closed)
        return data


class ScheduleForm(PlanForm):
    note = note_field(_("Pemohon membaca ini di halamannya, sebagai “Pesan petugas”."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wished := self.wished:
            hint = _("Waktu yang diminta: %(at)s.") % {"at": clock.format_moment(wished)}
            self.fields["starts_at"].help_text = f"{hint} {word('zone_name')}"
        self.fields["mode"].help_text = self.case.wording.speak(
            _("Tidak perlu bertemu? Pilih langkah “Jawab tertulis” pada halaman permohonan.")
        )

    def rows(self) -> list[str | LayoutObject]:
        return [self.offer_times(), *self.how(), folded("note")]


class RescheduleForm(PlanForm):
    """Another time of the consultation, or now (`?now=1`) if it can begin earlier than planned.

    Only one of them is asked for. While the office is closed, now needs a reason.

    The reason is prefilled if the applicant asked for another time, in Indonesian because it goes on record.
    """

    prefilled_by_query = ("now",)
    conditional = (*PlanForm.conditional, "closed_reason")
    now = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = reason_field(_("Tulis mengapa jadwal diubah."))
    notice = _("Pemohon membaca alasannya di halamannya.")
    closed_reason = line_field(
        _("Mengapa di luar jam layanan?"),
        300,
        help_text=_("Kantor sedang tutup. Alasan ini juga dibaca pemohon."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_now = bool(self["now"].value())
        if self.is_now:
            self.fields["starts_at"].required, self.fields["starts_at"].initial = False, None
            self.notice = _("Konsultasi dipindahkan ke sekarang. Pemohon membaca alasannya di halamannya.")
        elif self.case.other_time:
            who = "pelapor" if self.case.kind == Kind.COMPLAINT else "pemohon"
            self.initial.setdefault("reason", f"Atas permintaan {who}.")

    def rows(self) -> list[str | LayoutObject]:
        if not self.is_now:
            return ["reason", self.offer_times(), *self.how()]
        closed = ["closed_reason"] if is_closed_now() else []
        return ["now", "reason", *closed, *self.how()]

    def clean_starts_at(self) -> dt.datetime | None:
        """Return None for now, so that neither hours nor the future are asked of it."""
        if self.is_now and self.cleaned_data["starts_at"]:
            raise ValidationError(_("Pilih salah satu: sekarang, atau waktu lain."))
        return None if self.is_now else super().clean_starts_at()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data.pop("now", None)
        return data


class KeepTimeForm(StepForm):
    reason = reason_field(_("Tulis mengapa jadwalnya tetap."))
    notice = _("Pemohon membaca alasan ini di halamannya.")


def at_time(day: dt.date, time: dt.time | None) -> dt.datetime:
    """Return a moment (office's zone); midnight without a time."""
    return dt.datetime.combine(day, time or dt.time(), timezone.get_current_timezone())


ATTENDEES_HELP = _("Satu orang satu baris: nama; jabatan; lembaga. Contoh: Siti Aminah; guru; SD Contoh")


class StartForm(StepForm):
    """A confirmation, with a time if the start is entered afterwards."""

    at = LocalDateTimeField(
        label=_("Mulai sejak"),
        required=False,
        help_text=_("Kosongkan bila konsultasi dimulai sekarang."),
        validators=[check_past],
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


class UndoStartForm(NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _("Konsultasi kembali terjadwal. Pemberitahuan jadwalnya berlaku lagi.")
        if self.case.planned_at is None:
            self.notice = _("Tamu kembali menunggu di loket. Menit yang sudah berjalan tidak dihitung.")


class FinishForm(LongForm):
    """The attendees, and the real time of the consultation. The recorded start can be corrected.

    After the time of the standard the end is asked for: the consultation may have been forgotten.
    """

    attendees = TextField(
        _("Daftar hadir"),
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
    overrun_reason = line_field(
        _("Alasan bila lebih lama dari standar"),
        300,
        help_text=_("Wajib bila waktu pelayanan melebihi standar dalam SK. Masuk ke laporan."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = (self.case.applicant_name, self.case.applicant_position, self.case.organisation)
        self.fields["attendees"].initial = "; ".join(who).rstrip("; ")
        session = current_session(self.case)
        self.recorded = timezone.localtime(session.started_at if session else None)
        self.fields["day"].initial, self.fields["started_at"].initial = self.recorded, self.recorded.time()
        if self.case.is_late:
            self.notice = _(
                "Konsultasi dimulai %(moment)s dan belum diselesaikan. Tulis kapan selesainya."
            ) % {"moment": clock.format_moment(self.recorded)}
            end: Any = self.fields["finished_at"]
            end.required, end.help_text = True, _("Jam ini yang dihitung dalam lama pelayanan.")
            end.error_messages["required"] = _("Tulis jam konsultasi sebenarnya selesai.")

    def rows(self) -> list[str | LayoutObject]:
        return ["attendees", "day", side_by_side("started_at", "finished_at"), "overrun_reason", "note"]

    def clean(self) -> dict[str, Any]:
        """Combine the day and the times. An unchanged start has its seconds. An empty end means now."""
        data = super().clean() or self.cleaned_data
        day, start, end = (data.pop(name, None) for name in ("day", "started_at", "finished_at"))
        if day and start:
            moment, recorded = at_time(day, start), self.recorded.replace(second=0, microsecond=0)
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
