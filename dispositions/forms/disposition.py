"""Forms of steps 3 and 4: disposition and assignment, with people and divisions chosen by their load."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from crispy_forms.layout import HTML, Field, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.complaints import AnonymousForm
from consultations.enums import Kind
from consultations.forms import LongForm, StepForm
from consultations.returns import RETURNED_DISPOSITION, Return, find_return
from consultations.scheduling.queries import current_session
from dispositions import queries, serving, workload
from dispositions.models import MEETING, Disposition, Endorsement, RelayedOrder
from kit import clock
from kit.forms import LocalDateField, TextField, folded, line_field, note_field, reason_field
from office.lists import list_active_divisions, list_instructions
from office.models import Division
from office.words import with_words_lazy, word
from office.worktime import WorkingTime

type Records = Callable[[], Sequence[Model]]
"""Returns the records that a field offers, from memory."""


class Offers(forms.ChoiceField):
    """A choice among `records`. A forged key, also of any length, is an error.

    `wished` is the time of the consultation, if people are chosen for it.
    """

    wished: dt.datetime | None = None

    def __init__(self, records: Records = list, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(records)

    def offer(self, records: Records) -> None:
        self.records, self.choices = records, lambda: [(record.pk, str(record)) for record in records()]


class OneOf(Offers):
    """One of `records`, as radio buttons."""

    widget = forms.RadioSelect

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return next((record for record in self.records() if str(record.pk) == chosen), None)


class SomeOf(Offers, forms.MultipleChoiceField):
    """Checkboxes for some of `records`."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("Pilih dari daftar ini.")}

    def __init__(self, records: Records = list, **kwargs: Any) -> None:
        super().__init__(records, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return [record for record in self.records() if str(record.pk) in chosen]


@dataclass(frozen=True)
class Option:
    """A person as one choice of a field. `is_self` is true for the reader."""

    value: str
    load: workload.Load
    is_self: bool = False


type Group = tuple[str, list[Option], bool]
"""Division, people, and whether the group is shown open."""


def by_load(form: forms.Form, name: str, options: Iterable[Option], *, first_is_open: bool = True) -> Field:
    """Return the layout of a field of people: large cards by division, with the load of each person.

    People who are away are shown, but cannot be chosen. Groups with a choice are open. The first one is too
    if it holds the usual choice.
    """
    field: Any = form.fields[name]
    value = form[name].value()
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    field.chosen, field.groups = chosen, []
    for division, group in groupby(options, key=lambda option: option.load.appointment.position.division):
        people = list(group)
        is_first = first_is_open and not field.groups
        is_open = is_first or any(option.value in chosen for option in people)
        field.groups.append((str(division or word("teams")), people, is_open))
    return Field(name, template="dispositions/fields/people.html")


LATEST_DEADLINE = dt.timedelta(days=731)


def check_deadline(day: dt.date) -> None:
    """Raise ValidationError if the day has passed or is too far away to be meant."""
    if day < clock.today():
        raise ValidationError(_("Batas waktu tidak boleh sebelum hari ini."))
    if day > clock.today() + LATEST_DEADLINE:
        raise ValidationError(_("Pilih batas waktu dalam dua tahun ke depan."))


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
    """A step that chooses a division, but none that only the official complained about heads."""

    of_one_case: tuple[str, ...] = ("official",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["official"] = self.case.complained_about

    @cached_property
    def divisions(self) -> list[workload.DivisionLoad]:
        """The active divisions with head and workload, shown as cards."""
        return workload.list_division_loads(self.initial.get("official"))


class EndorseForm(DivisionForm):
    """The initials of the Sekretaris, with a proposed division."""

    division = DivisionField(label=with_words_lazy(_("Usul %(division)s (boleh kosong)")), required=False)
    note = note_field()
    notice = with_words_lazy(_("Sesudah paraf, %(head)s mendisposisikan."))

    def rows(self) -> list[str | LayoutObject]:
        return [Field("division", template="dispositions/fields/divisions.html"), "note"]


SAME_DIVISION = _("Disposisi ini baru kembali dari sana. Pilih yang lain, atau centang bila tetap ke sana.")

EARLIEST_RETURN = 4
"""Version of a case that was received, registered, disposed and sent back. Earlier ones cost no query."""


class DisposeForm(DivisionForm):
    """The disposition sheet (Lembar Disposisi). `usual_deadline` offers days as a shortcut to `deadline`.

    The division that the Sekretaris proposes is chosen beforehand. The deadline is chosen beside the time
    that the applicant wishes for.
    """

    of_one_case = (*DivisionForm.of_one_case, "division", "wished")
    division = DivisionField(label=_("Diteruskan kepada"))
    same_division = forms.BooleanField(
        label=with_words_lazy(_("Tetap kepada %(division_head)s yang sama")), required=False
    )
    instructions = SomeOf(list_instructions, label=_("Instruksi"))
    other_instruction = line_field(_("Instruksi lain"), 120)
    with_meeting = forms.BooleanField(
        label=_("Telaahan staf dengan forum rapat"),
        required=False,
        help_text=_("Petugas mengundang rapat dengan pimpinan atau instansi lain (langkah 5)."),
    )
    usual_deadline = LocalDateField(label=_("Batas waktu"), required=False, validators=[check_deadline])
    deadline = LocalDateField(label=_("Tanggal lain"), required=False, validators=[check_deadline])
    copies = SomeOf(
        list_active_divisions,
        label=_("Diteruskan juga kepada"),
        help_text=with_words_lazy(_("%(division_head)s ini dapat membaca permohonan.")),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["wished"] = workload.get_wished_time(self.case)
        if not self.is_bound and self.endorsement:
            self.initial.setdefault("division", self.endorsement.division_id)
        if self.returned:
            usual = self.case.wording.speak(self.notice)
            self.notice = f"{self.returned.words}: {self.returned.reason} {usual}".strip()

    @cached_property
    def returned(self) -> Return | None:
        """How the last disposition came back, if that led to the present state."""
        steps = self.case.history.filter(verb__in=RETURNED_DISPOSITION).order_by("-pk")
        return find_return(self.case, steps[:1]) if self.case.version >= EARLIEST_RETURN else None

    @cached_property
    def endorsement(self) -> Endorsement | None:
        """The initials that the Sekretaris has given since the last disposition, or None."""
        latest = self.case.endorsements.filter(withdrawn_at=None).select_related("by", "division").last()
        disposed = latest and self.case.dispositions.filter(at__gte=latest.at).exists()
        return None if disposed else latest

    @cached_property
    def usual_deadlines(self) -> list[tuple[Promise, dt.date, bool]]:
        """Names and days of the usual deadlines in working days, and which one is chosen."""
        working, chosen = WorkingTime.load(), str(self["usual_deadline"].value() or "")
        days = [(name, working.add_days(clock.today(), number)) for name, number in USUAL_DEADLINES]
        return [(name, day, str(day) == chosen) for name, day in days if day]

    def rows(self) -> list[str | LayoutObject]:
        copies: Any = self.fields["copies"].widget
        offered = [load.division for load in self.divisions if not load.is_of_official]
        copies.choices = [(division.pk, str(division)) for division in offered]
        return [
            Field("division", template="dispositions/fields/divisions.html"),
            *(["same_division"] if self.returned else []),
            Field("instructions", template="dispositions/fields/instructions.html"),
            "with_meeting",
            Field("usual_deadline", template="dispositions/fields/deadline.html"),
            HTML("{% include 'dispositions/fields/note_and_copies.html' %}"),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_meant = data.pop("same_division", False)
        if self.returned and not is_meant and data.get("division") == self._get_former_division():
            self.add_error("same_division", SAME_DIVISION)
        usual = data.pop("usual_deadline", None)
        data["deadline"] = data.get("deadline") or usual
        meeting = MEETING if data.pop("with_meeting", False) else ""
        chosen = [*data.get("instructions", []), meeting, data.pop("other_instruction", "")]
        data["instructions"] = list(dict.fromkeys(str(text) for text in chosen if text))
        return data

    def _get_former_division(self) -> Division | None:
        last = self.case.dispositions.select_related("division").order_by("pk").last()
        return last.division if last else None


class DeclineForm(AnonymousForm):
    """The reason. A complaint also needs what is missing."""

    is_final = True
    reason = reason_field(_("Tulis mengapa permohonan ini ditolak."))
    missing = TextField(
        label=_("Yang perlu dilengkapi"),
        required=False,
        rows=2,
        help_text=_("Agar pelapor dapat mengadu lagi dengan lengkap."),
    )
    conditional = ("missing", "is_no_letter")
    notice = _(
        "Pemohon membaca alasan ini dalam surat penolakan; sapa dengan Bapak/Ibu. Yang ditolak tidak "
        "dibuka lagi; pemohon dapat mengadukan keputusan ini."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.kind != Kind.COMPLAINT:
            del self.fields["missing"]


class SheetForm(StepForm):
    """A step beside which the disposition sheet is shown."""

    @cached_property
    def disposition(self) -> Disposition | None:
        return queries.current_disposition(self.case)

    @cached_property
    def order(self) -> RelayedOrder | None:
        return queries.get_relayed_order(disposition=self.disposition)


class HandBackForm(SheetForm):
    reason = reason_field(
        with_words_lazy(_("Tulis mengapa %(division)s Anda tidak tepat untuk permohonan ini."))
    )
    notice = with_words_lazy(_("Permohonan kembali kepada %(head)s untuk didisposisikan ulang."))


class RecallForm(SheetForm):
    reason = reason_field(_("Tulis mengapa disposisi ini ditarik."))
    notice = with_words_lazy(_("Permohonan kembali menunggu disposisi Anda. %(division_head)s diberi tahu."))


class PeopleForm(StepForm):
    """The officer and the companions of a case, chosen by their load.

    For a single case the form says who is free at the requested time.
    """

    is_wide = True
    is_of_one_case = True
    officer = OneOf(
        label=_("Siapa yang melayani?"),
        error_messages={
            "required": _("Pilih petugas yang melayani."),
            "invalid_choice": with_words_lazy(_("Pilih petugas dari %(division)s yang menerima disposisi.")),
        },
    )
    companions = SomeOf(
        label=_("Pendamping (boleh kosong)"), help_text=with_words_lazy(_("Boleh dari %(division)s lain."))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officer: Any = self.fields["officer"]
        officer.offer(partial(serving.eligible_officers, self.case))
        companions: Any = self.fields.get("companions")
        if companions:
            companions.offer(partial(serving.eligible_companions, self.case))

    def rows(self) -> list[str | LayoutObject]:
        """Return the fields, with the people and their loads. Reads the loads, so only a shown form does."""
        case = self.case if self.is_of_one_case else None
        loads = workload.list_loads(serving.list_eligible_appointments(self.case), case)
        officer: Any = self.fields["officer"]
        officer.wished = case and workload.get_wished_time(case)
        division = self.case.division_id
        own = [load for load in loads if load.appointment.position.division_id == division]
        others = [load for load in loads if load.appointment.position.division_id != division]
        shown: dict[str, LayoutObject] = {
            "officer": by_load(self, "officer", self._to_options(own)),
            "note": folded("note"),
        }
        if "companions" in self.fields:
            everybody = self._to_options([*own, *others])
            shown["companions"] = by_load(self, "companions", everybody, first_is_open=False)
        return [shown.get(name, name) for name in self.fields]

    def _to_options(self, loads: Sequence[workload.Load]) -> list[Option]:
        first = {load.appointment.user_id: load for load in reversed(loads)}
        unique = [load for load in loads if first[load.appointment.user_id] is load]
        return [Option(str(one.appointment.user_id), one, one.appointment.user == self.by) for one in unique]


class AssignForm(SheetForm, LongForm, PeopleForm):
    """The officer and companions, what to prepare, and whether a staff review is required."""

    takes_advice = "preparation"

    preparation = TextField(
        label=_("Yang disiapkan"),
        rows=3,
        required=False,
        help_text=_("Administrasi, bahan, dan peralatan yang diminta dari petugas."),
    )
    needs_review = forms.BooleanField(
        label=_("Perlu telaahan staf"),
        required=False,
        help_text=_("Bila perlu rapat dengan pimpinan atau pendapat instansi lain."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("needs_review", self.case.needs_review)


class ReassignForm(PeopleForm):
    """The new officer and companions. A link can suggest the officer and the reason."""

    prefilled_by_query = ("officer", "reason")
    reason = reason_field(_("Tulis mengapa petugas diganti."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["officer"].initial = self.case.officer_id
            self.fields["companions"].initial = [person.pk for person in self.case.list_companions()]

    @cached_property
    def notice(self) -> Promise | str:  # type: ignore[override]
        session = current_session(self.case)
        if session and session.finished_at:
            return _("Petugas yang baru menulis laporannya. Catatan konsultasi tetap atas nama petugas lama.")
        return _("Jadwal yang sudah ada pindah ke kalender petugas yang baru.") if session else ""


class HandOverForm(PeopleForm):
    """Another officer for several cases of a division. `case` is one of them."""

    companions = None  # type: ignore[assignment]  # Django's way to leave out an inherited field
    is_of_one_case = False
    reason = reason_field(_("Tulis mengapa petugas diganti."))
    notice = _("Pendampingnya tetap. Catatan dan konsep laporan ikut pindah.")
