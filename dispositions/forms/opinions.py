"""Forms of step 5 that ask another agency for an opinion, and record the answer."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateField, PhoneField
from consultations.forms.long import LongForm
from consultations.forms.step import StepForm, TextField, side_by_side
from dispositions.models import Opinion
from dispositions.queries import list_opinions
from intake.forms.upload_fields import CheckedFileField
from office import clock
from office.words import with_words_lazy
from office.worktime import WorkingTime

WORKING_DAYS = 5
"""Working days that an agency has to answer, unless the officer sets another day."""

WRONG_AGENCY_PHONE = _("Nomor ini tidak dikenal. Tulis nomor instansi itu, contoh: 0812-3456-7890.")


class AskOpinionForm(LongForm):
    """The agency, the question, the day for the answer, and the contact for reminders."""

    agency = forms.CharField(
        label=_("Instansi"),
        max_length=150,
        error_messages={"required": _("Tulis instansi yang dimintai pendapat.")},
    )
    question = TextField(
        label=_("Yang ditanyakan"), error_messages={"required": _("Tulis apa yang ditanyakan.")}
    )
    due = LocalDateField(label=_("Dijawab paling lambat"))
    phone = PhoneField(
        label=_("No. kontak / WhatsApp instansi"),
        required=False,
        error_messages={"invalid": WRONG_AGENCY_PHONE},
    )
    email = forms.EmailField(
        label=_("Surel instansi"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Tulis alamat surel lengkap, contoh: kantor@contoh.go.id.")},
    )
    notice = with_words_lazy(
        _(
            "Surat permintaannya terbit bersama langkah ini. Cetak, mintakan tanda tangan "
            "%(division_head)s, lalu kirimkan. Rembuk mengingatkan Anda pada batas waktunya."
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].initial = in_working_days(WORKING_DAYS)

    @cached_property
    def opinions(self) -> list[Opinion]:
        return list_opinions(self.case)

    def rows(self) -> list[str | LayoutObject]:
        return ["agency", "question", "due", side_by_side("phone", "email")]


def in_working_days(count: int) -> dt.date:
    """Return the day that many working days ahead, or weekdays if no working hours were entered."""
    work, today = WorkingTime.load(), clock.today()
    ahead = [today + dt.timedelta(days=days) for days in range(1, 60)]
    working = [day for day in ahead if work.is_open(day)]
    weekdays = [day for day in ahead if day.weekday() < 5]
    return (working if len(working) >= count else weekdays)[count - 1]


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
        return list_opinions(self.case, only_awaited=True)


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
    answer = TextField(
        label=_("Pendapat"),
        rows=6,
        max_length=20_000,
        error_messages={"required": _("Tulis pendapat instansi itu.")},
    )
    answered_on = LocalDateField(label=_("Tanggal jawaban"))
    letter_number = forms.CharField(label=_("Nomor surat jawaban"), max_length=100, required=False)
    file = CheckedFileField(label=_("Surat jawaban"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = clock.today()

    def rows(self) -> list[str | LayoutObject]:
        return ["opinion", "answer", side_by_side("answered_on", "letter_number"), "file"]
