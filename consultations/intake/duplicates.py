"""Merge two requests of the same applicant about the same matter.

Tim PKD compares the two requests row by row. One goes on and keeps its number, link, history and files. The
other one ends as withdrawn with `merged_into`. It has no agenda number, so no number is lost. From then on
only Tim PKD reads it. Its link says that it was merged and leads nowhere: a telephone number proves nobody.
"""

from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import HTML, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import SORTABLE, Kind, State
from consultations.forms import StepForm
from consultations.intake.sorting import OF_APPLICANT
from consultations.models import Case
from consultations.parties import Actor
from consultations.queries import list_repeats
from consultations.workflow import MOVED_MEANWHILE, check, transition
from kit import clock
from kit.forms import radio_field
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy


def list_duplicates(case: Case, user: User) -> list[Case]:
    """Return the cases with which this one can be merged: one of the two waits for its agenda number.

    They are consultations of the same telephone number and name.
    """
    if case.kind != Kind.CONSULTATION:
        return []
    keys = [other.pk for other in list_repeats([case.pk], user).get(case.pk, [])]
    found = Case.objects.filter(pk__in=keys, kind=case.kind, state__in=SORTABLE).order_by("pk")
    name = fold(case.applicant_name)
    return [
        other
        for other in found
        if State.SUBMITTED in (case.state, other.state) and fold(other.applicant_name) == name
    ]


def fold(text: str) -> str:
    """Return a text without what distinguishes two spellings: capitals and blanks."""
    return " ".join(text.casefold().split())


def merge(case: Case, *, by: User, other: Case, goes_on: str) -> None:
    """Merge two cases. The one whose code is `goes_on` goes on. The files stay with their cases.

    Raise PermissionDenied or Refused as `check()` does. Raise Refused unless both cases are consultations of
    the same telephone number and name. Raise Refused if the case that would end has an agenda number, or if
    others were merged into it.
    """
    check("merge", case, by=by)
    ended, kept = (other, case) if goes_on == case.code else (case, other)
    if other.pk not in {one.pk for one in list_duplicates(case, by)} or ended.state != State.SUBMITTED:
        raise Refused(MOVED_MEANWHILE)
    if ended.merged.exists():
        raise Refused(_("Ke permohonan ini sudah digabung yang lain, jadi permohonan ini yang diteruskan."))
    first, second = sorted((ended, kept), key=lambda one: one.pk)  # two users lock both in the same order
    with (
        transition("merge", first, by=by) as one,
        transition("merge", second, by=by) as another,
        translation.override("id"),  # the reason goes on record
    ):
        taken = one if first is ended else another
        taken.change(merged_into=kept, end_reason=gettext("Digabung dengan permohonan lain."))


@dataclass(frozen=True)
class Row:
    """A line of the comparison of two cases."""

    title: Promise | str
    values: tuple[str, str]

    @property
    def is_same(self) -> bool:
        first, second = map(fold, self.values)
        return first == second


def compare(case: Case, other: Case) -> list[Row]:
    """Return what distinguishes two cases, or could."""
    sides = [_describe(one) for one in (case, other)]
    return [Row(title, (sides[0][title], sides[1][title])) for title in sides[0]]


def _describe(case: Case) -> dict[Any, str]:
    files = case.attachments.filter(purpose__in=OF_APPLICANT).order_by("pk")
    letter = [case.letter_number, date_format(case.letter_date) if case.letter_date else ""]
    return {
        _("Status"): str(case.get_state_display()),
        _("Masuk"): clock.format_moment(case.submitted_at),
        _("Nama"): case.applicant_name,
        _("Lembaga"): case.organisation,
        _("Perihal"): case.subject,
        _("Materi"): case.material,
        _("Waktu yang diminta"): clock.format_moment(case.visit_at) if case.visit_at else "",
        _("Surat"): " ".join(filter(None, letter)),
        _("Berkas"): ", ".join(file.name for file in files),
    }


class MergeForm(StepForm):
    """The other case, and which of both goes on."""

    notice = with_words_lazy(
        _(
            "Yang tidak diteruskan berakhir, dan sesudah itu hanya %(agenda_team)s yang membacanya, termasuk "
            "berkasnya. Pemohon mendapat satu pesan. Langkah ini tidak dapat dibatalkan."
        )
    )
    is_final = is_wide = True
    prefilled_by_query = ("other",)

    other = forms.ChoiceField(widget=forms.HiddenInput, error_messages={"required": "", "invalid_choice": ""})
    goes_on = radio_field(_("Yang diteruskan"), (), missing=_("Pilih permohonan yang diteruskan."))

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, by=by, **kwargs)
        self.candidates = list_duplicates(case, by) if isinstance(by, User) else []
        by_code = {other.code: other for other in self.candidates}
        wanted = self.data.get("other") if self.is_bound else self.initial.get("other")
        self.chosen = by_code.get(wanted) if wanted else next(iter(self.candidates), None)
        self.initial["other"] = self.chosen.code if self.chosen else ""
        self.fields["other"].choices = [(code, code) for code in by_code]  # type: ignore[attr-defined]
        pair = ((case, self.chosen, "A"), (self.chosen, case, "B"))
        self.fields["goes_on"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{side}: {one.subject} ({one.code})")
            for one, another, side in pair
            if one and another and another.state == State.SUBMITTED
        ]

    def rows(self) -> list[str | LayoutObject]:
        return [HTML('{% include "consultations/comparison.html" %}'), *(self.fields if self.chosen else ())]

    @property
    def comparison(self) -> list[Row]:
        return compare(self.case, self.chosen) if self.chosen else []

    def clean_other(self) -> Case | None:
        return self.chosen

    def clean(self) -> None:
        """Raise ValidationError if there is no other case."""
        if self.chosen is None:
            raise ValidationError(NO_OTHER)


NO_OTHER = _("Tidak ada kasus lain dari nama dan nomor telepon ini yang dapat digabung.")
