"""Forms of the Kepala Bidang for step 4: assign a case to an officer and companions."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms.long import LongForm
from consultations.forms.step import StepForm, TextField, note_field, reason_field
from dispositions.eligibility import eligible_companions, eligible_officers
from dispositions.forms.fields import OneOf, Option, SomeOf, by_load
from dispositions.models import Disposition
from dispositions.queries import current_disposition, list_eligible_appointments
from dispositions.workload import Load, list_loads
from office.words import with_words_lazy
from scheduling.queries import current_session


class PeopleForm(StepForm):
    """The officer and the companions of a case, chosen by their load."""

    is_wide = True
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
        companions: Any = self.fields["companions"]
        officer.offer(partial(eligible_officers, self.case))
        companions.offer(partial(eligible_companions, self.case))

    def rows(self) -> list[str | LayoutObject]:
        """Return the fields, with the people and their loads. Reads the loads, so only a shown form does."""
        loads = list_loads(list_eligible_appointments(self.case))
        division = self.case.division_id
        own = [load for load in loads if load.appointment.position.division_id == division]
        others = [load for load in loads if load.appointment.position.division_id != division]
        shown = {
            "officer": by_load(self, "officer", self._to_options(own)),
            "companions": by_load(self, "companions", self._to_options([*own, *others]), first_is_open=False),
        }
        return [shown.get(name, name) for name in self.fields]

    def _to_options(self, loads: Sequence[Load]) -> list[Option]:
        """Return each person once, with the first of the positions."""
        first = {load.appointment.user_id: load for load in reversed(loads)}
        unique = [load for load in loads if first[load.appointment.user_id] is load]
        return [Option(str(one.appointment.user_id), one, one.appointment.user == self.by) for one in unique]


class AssignForm(LongForm, PeopleForm):
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

    @cached_property
    def disposition(self) -> Disposition | None:
        return current_disposition(self.case)


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
