"""Forms of steps 5 and 8: preparation, opinions of agencies, meetings, walk-ins."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.enums import HELP
from consultations.forms import LongForm, SectionField, StepForm, section
from consultations.intake.forms import CounterForm
from consultations.intake.uploads import CheckedFile, CheckedFileField, CheckedFilesField, merge_to_pdf
from consultations.scheduling.forms import ATTENDEES_HELP
from dispositions import queries, serving, workload
from dispositions.forms.disposition import OneOf, Option, by_load
from dispositions.meetings import list_leaders
from dispositions.models import MEETING, Opinion, StaffReview
from dispositions.services import REVIEW_REQUIRED
from kit import clock
from kit.forms import (
    LocalDateField,
    LocalDateTimeField,
    PhoneField,
    TextField,
    email_field,
    folded,
    line_field,
    part,
    radio_field,
    side_by_side,
)
from office.models import Appointment, Office
from office.words import with_words_lazy
from office.worktime import WorkingTime

CHECKLIST = ("administration", "materials", "equipment")


class OpinionsForm(LongForm):
    """A step beside which the opinions of other agencies are shown."""

    @cached_property
    def opinions(self) -> list[Opinion]:
        return queries.list_opinions(self.case)


class PrepareForm(OpinionsForm):
    """The checklist, and the staff review if the division head requires one."""

    takes_advice = "materials"

    administration = TextField(
        _("Administrasi"),
        missing=_("Tulis administrasi yang sudah disiapkan."),
        rows=3,
        help_text=_("Contoh: daftar hadir, surat undangan."),
    )
    materials = TextField(
        _("Bahan"),
        missing=_("Tulis bahan yang sudah disiapkan."),
        rows=3,
        help_text=with_words_lazy(_("Contoh: peraturan, data %(village)s, bahan tayang.")),
    )
    equipment = TextField(
        label=_("Peralatan"), rows=3, required=False, help_text=_("Contoh: ruang rapat, proyektor.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.needs_review:
            self.is_wide = self.has_preview = True
            for name in StaffReview.PARTS:
                column: Any = StaffReview._meta.get_field(name)
                label = column.verbose_name
                self.fields[name] = SectionField(
                    label=capfirst(label),
                    error_messages={"required": _("Isi bagian “%(part)s”.") % {"part": label}},
                )

    @cached_property
    def notice(self) -> str:  # type: ignore[override]
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.case.needs_review:
            yield str(REVIEW_REQUIRED)
            disposition = queries.current_disposition(self.case)
            if disposition and MEETING in disposition.instructions and not self.case.meeting_at:
                yield str(with_words_lazy(_("%(head)s meminta forum rapat: pilih “Undang peserta rapat”.")))
        if awaited := [opinion.agency for opinion in self.opinions if not opinion.recorded_at]:
            yield str(_("Pendapat yang masih ditunggu: %(agencies)s.") % {"agencies": ", ".join(awaited)})

    def rows(self) -> list[str | LayoutObject]:
        review = part(_("Telaahan staf"), *map(section, StaffReview.PARTS))
        return [*CHECKLIST, review] if self.case.needs_review else [*CHECKLIST]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.case.needs_review:
            data["review"] = {name: data.pop(name, "") for name in StaffReview.PARTS}
        return data


class AmendForm(PrepareForm):
    """The same form, filled with the latest preparation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            return
        preparation, review = self.case.preparations.order_by("pk").last(), queries.current_review(self.case)
        recorded = model_to_dict(preparation, CHECKLIST) if preparation else {}
        if review:
            recorded |= review.parts
        self.initial = {**recorded, **self.initial}  # what was typed stays


WORKING_DAYS = 5
"""Working days that an agency has to answer, unless the officer sets another day."""

WRONG_AGENCY_PHONE = _("Nomor ini tidak dikenal. Tulis nomor instansi itu, contoh: 0812-3456-7890.")


class AskOpinionForm(OpinionsForm):
    """The agency, the question, the day for the answer, and the contact for reminders."""

    agency = line_field(
        _("Instansi"),
        150,
        missing=_("Tulis instansi yang dimintai pendapat."),
        help_text=_("Contoh: Badan Contoh. Suratnya ditujukan kepada kepalanya: Yth. Kepala Badan Contoh."),
    )
    question = TextField(_("Yang ditanyakan"), missing=_("Tulis apa yang ditanyakan."))
    due = LocalDateField(label=_("Dijawab paling lambat"))
    phone = PhoneField(
        label=_("No. kontak / WhatsApp instansi"),
        required=False,
        error_messages={"invalid": WRONG_AGENCY_PHONE},
    )
    email = email_field(_("Surel instansi"), _("Tulis alamat surel lengkap, contoh: kantor@contoh.go.id."))
    notice = with_words_lazy(
        _(
            "Surat permintaannya terbit bersama langkah ini. Cetak, mintakan tanda tangan "
            "%(division_head)s, lalu kirimkan. Rembuk mengingatkan Anda pada batas waktunya."
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].initial = in_working_days(WORKING_DAYS)

    def rows(self) -> list[str | LayoutObject]:
        return ["agency", "question", "due", side_by_side("phone", "email")]


def in_working_days(count: int) -> dt.date:
    """Return the day that many working days ahead, or weekdays if no working hours were entered."""
    today = clock.today()
    weekdays = [day for n in range(1, 60) if (day := today + dt.timedelta(days=n)).weekday() < 5]
    return WorkingTime.load().add_days(today, count) or weekdays[count - 1]


class AwaitedField(forms.ModelChoiceField):
    """One of the awaited opinions, shown with its agency and the day of the question."""

    def __init__(self, *, label: Any, missing: Any) -> None:
        super().__init__(
            queryset=Opinion.objects.none(),
            label=label,
            empty_label=_("Pilih instansi"),
            error_messages={
                "required": missing,
                "invalid_choice": _("Pilih instansi yang jawabannya masih ditunggu."),
            },
        )

    def label_from_instance(self, obj: Any) -> str:
        asked = date_format(timezone.localtime(obj.asked_at), "SHORT_DATE_FORMAT")
        return str(_("%(agency)s, diminta %(day)s") % {"agency": obj.agency, "day": asked})


class AwaitedForm(StepForm):
    """A form about one of the awaited opinions. The only one is selected."""

    prefilled_by_query = ("opinion",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["opinion"]
        field.queryset = self.case.opinions.filter(recorded_at=None)
        field.choices = lambda: [
            ("", field.empty_label),
            *((opinion.pk, field.label_from_instance(opinion)) for opinion in self.opinions),
        ]
        if not self.is_bound and len(self.opinions) == 1:
            field.initial = self.opinions[0].pk

    @cached_property
    def opinions(self) -> list[Opinion]:
        return queries.list_opinions(self.case, only_awaited=True)


class RemindAgencyForm(AwaitedForm):
    """The awaited opinion, and the new day for the answer."""

    opinion = AwaitedField(label=_("Instansi"), missing=_("Pilih instansi yang diingatkan."))
    due = LocalDateField(label=_("Dijawab paling lambat"))
    notice = _("Surat pengingat terbit bersama langkah ini. Cetak, mintakan tanda tangan, lalu kirimkan.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].initial = in_working_days(WORKING_DAYS)


class RecordOpinionForm(AwaitedForm, LongForm):
    """The answer of an agency, with its day and letter."""

    opinion = AwaitedField(label=_("Jawaban dari"), missing=_("Pilih instansi yang menjawab."))
    answer = TextField(_("Pendapat"), missing=_("Tulis pendapat instansi itu."), rows=6, max_length=20_000)
    answered_on = LocalDateField(label=_("Tanggal jawaban"))
    letter_number = line_field(_("Nomor surat jawaban"), 100)
    file = CheckedFileField(label=_("Surat jawaban"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = clock.today()

    def rows(self) -> list[str | LayoutObject]:
        return ["opinion", "answer", side_by_side("answered_on", "letter_number"), "file"]


class CallMeetingForm(LongForm):
    """Time, place, agenda and guests. If a meeting is called already, the form changes it."""

    starts_at = LocalDateTimeField(label=with_words_lazy(_("Tanggal dan jam (%(zone)s)")))
    place = line_field(_("Tempat"), 200, missing=_("Tulis tempat rapat."))
    agenda = TextField(
        _("Acara"),
        missing=_("Tulis yang dibahas dalam rapat."),
        max_length=2_000,
        help_text=_("Terbaca oleh semua yang diundang. Jangan tulis nama pemohon."),
    )
    invited = TextField(
        _("Yang diundang"),
        missing=_("Tulis siapa saja yang diundang."),
        max_length=2_000,
        help_text=_("Satu pejabat atau instansi satu baris. Contoh: Kepala Puskesmas Contoh"),
    )
    short_notice_reason = TextField(
        label=_("Alasan undangan mendadak"),
        required=False,
        rows=2,
        max_length=500,
        help_text=_("Hanya bila rapatnya kurang dari %(days)s hari kerja lagi. Tercetak pada undangan."),
    )
    notice = _(
        "Surat undangan terbit bersama langkah ini, untuk dicetak, ditandatangani, dan dikirim. Daftar hadir "
        "dapat dicetak dari halaman permohonan."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["short_notice_reason"].help_text %= {"days": Office.load().meeting_notice_days}
        if self.case.minutes_awaited and (meeting := queries.current_meeting(self.case)):
            self.notice = _("Rapat ini sudah diundang. Surat undangan yang baru menggantikan yang lama.")
            for name in self.fields:
                self.initial.setdefault(name, getattr(meeting, name))

    def rows(self) -> list[str | LayoutObject]:
        return [side_by_side("starts_at", "place"), "agenda", "invited", "short_notice_reason"]


class RecordMinutesForm(LongForm):
    """The minutes of the latest meeting, filled with the version before."""

    led_by = OneOf(
        label=_("Pimpinan rapat"),
        widget=forms.Select,
        error_messages={
            "required": _("Pilih siapa yang memimpin rapat."),
            "invalid_choice": _("Pilih pimpinan rapat dari daftar ini."),
        },
    )
    ended_at = LocalDateTimeField(label=_("Rapat ditutup pada"))
    attendees = TextField(
        _("Daftar hadir"),
        missing=_("Tulis siapa saja yang hadir."),
        max_length=4_000,
        help_text=ATTENDEES_HELP,
    )
    discussion = TextField(_("Pembahasan"), missing=_("Tulis yang dibahas."), rows=6, max_length=20_000)
    conclusion = TextField(
        _("Kesimpulan rapat"),
        missing=_("Tulis kesimpulan rapat."),
        max_length=20_000,
        help_text=_("Satu butir satu baris."),
    )
    file = CheckedFileField(label=_("Daftar hadir yang sudah ditandatangani"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting, field = queries.current_meeting(self.case), self.fields["led_by"]
        leaders = list_leaders(self.case, timezone.localdate(meeting.starts_at)) if meeting else []
        field.offer(lambda: [row.user for row in leaders])  # type: ignore[attr-defined]
        field.choices = [(row.user_id, f"{row.user}, {row.title}") for row in leaders]  # type: ignore[attr-defined]
        minutes = None if not meeting or self.case.minutes_awaited else meeting.minutes.order_by("pk").last()
        if minutes:
            self.notice = _("Notula yang baru menggantikan yang sudah terbit.")
            for name in ("led_by_id", "ended_at", "attendees", "discussion", "conclusion"):
                self.initial.setdefault(name.removesuffix("_id"), getattr(minutes, name))

    def rows(self) -> list[str | LayoutObject]:
        return [side_by_side("led_by", "ended_at"), "attendees", "discussion", "conclusion", "file"]


class WalkInForm(CounterForm):
    """The visitor, the matter, and the officer who serves at once."""

    served_by = radio_field(
        _("Siapa yang melayani?"),
        (),
        missing=_("Pilih petugas yang melayani."),
        invalid=_("Pilih petugas dari daftar ini."),
    )
    materials = CheckedFilesField(label=_("Berkas yang dibawa"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].label = _("Keperluan")
        self.fields["subject"].error_messages["required"] = _("Tulis keperluannya dalam satu kalimat pendek.")
        self.fields["at"].label = _("Datang pada")
        self.appointments = {_value(one): one for one in serving.list_serving_appointments()}
        served_by: Any = self.fields["served_by"]
        served_by.choices = [(value, str(one.user)) for value, one in self.appointments.items()]

    def rows(self) -> list[str | LayoutObject]:
        """Return the fields, with the people and their loads. Reads the loads, so only a shown form does."""
        loads = workload.list_loads(self.appointments.values())
        options = [Option(_value(load.appointment), load) for load in loads]
        return [
            "submission_token",
            side_by_side("applicant_name", "phone"),
            "subject",
            by_load(self, "served_by", options, first_is_open=False),
            side_by_side("applicant_position", "organisation"),
            "at",
            folded("materials"),
            part(_("Bantuan bagi penyandang disabilitas"), *HELP),
        ]

    def clean_materials(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("materials"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if served_by := self.appointments.get(data.pop("served_by", "")):
            data["division"], data["officer"] = served_by.position.division, served_by.user
        data["material"] = data.get("subject", "")
        return data


def _value(appointment: Appointment) -> str:
    """Return the value of a choice. A person in two divisions is a choice in each."""
    return f"{appointment.position.division_id}-{appointment.user_id}"
