"""Administration (`pengaturan/`) of numbers and targets. It shows no case (ADR 8)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import list_states
from consultations.enums import Party, State
from consultations.models import ComplaintTarget, NumberBook, StateTarget
from consultations.models.agenda import list_days
from consultations.workflow import TURN
from office.admin import OfficeDataAdmin
from office.admin_site import Section
from office.models import Office


@admin.register(NumberBook)
class NumberBookAdmin(OfficeDataAdmin):
    """Number counters. The first number can be changed until it is taken."""

    section = Section.REGISTERS
    list_display = ["series", "year", "first", "taken"]
    fields = ["series", "year", "first", "taken"]

    def get_readonly_fields(self, request: HttpRequest, obj: NumberBook | None = None) -> list[str]:
        if obj is None:
            return ["taken"]
        return ["series", "year", "taken", *(["first"] if obj.taken else [])]

    def save_model(self, request: HttpRequest, obj: NumberBook, form: ModelForm, change: bool) -> None:
        if not change:
            obj.save()
            return
        # A conditional update of one column: `take()` may change `taken` at the same time.
        NumberBook.objects.filter(pk=obj.pk, taken=0).update(first=obj.first)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StateTargetForm(forms.ModelForm):
    """Offer the states that wait for the office."""

    state = forms.ChoiceField(
        label=_("keadaan"),
        choices=lambda: [
            (state.value, state.label)
            for state in list_states(Office.load())
            if state in TURN and TURN[state].actor != Party.APPLICANT
        ],
    )

    class Meta:
        model = StateTarget
        fields = ["state", "hours"]


@admin.register(StateTarget)
class StateTargetAdmin(OfficeDataAdmin):
    section = Section.TIME
    form = StateTargetForm
    list_display = ["state_label", "hours"]

    @admin.display(description=_("keadaan"), ordering="state")
    def state_label(self, target: StateTarget) -> str:
        return str(State(target.state).label)


@admin.register(ComplaintTarget)
class ComplaintTargetAdmin(OfficeDataAdmin):
    section = Section.TIME
    list_display = ["stage", "in_words"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List all limits in force below the office's own ones."""
        own = set(ComplaintTarget.objects.values_list("stage", flat=True))
        limits = [
            (ComplaintTarget.Stage(stage).label, ComplaintTarget.in_words(stage, days), stage in own)
            for stage, days in list_days().items()
        ]
        return super().changelist_view(request, {**(extra_context or {}), "limits": limits})

    @admin.display(description=_("batas waktu"), ordering="days")
    def in_words(self, target: ComplaintTarget) -> str:
        return target.in_words(target.stage, target.days)
