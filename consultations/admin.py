"""Administration (`pengaturan/`) of numbers and targets, and read-only lists of case records.

The lists start from `visible_to`: an administrator without a position finds them empty.
"""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.enums import Party, State
from consultations.models import (
    AgendaEntry,
    Attachment,
    Case,
    ComplaintTarget,
    Event,
    NumberBook,
    StateTarget,
)
from consultations.secretary import list_states
from consultations.workflow import TURN
from office.admin import OfficeDataAdmin
from office.models import Office, User

COUNTED_AT_MOST = 1000


class BoundedPaginator(Paginator):
    """A paginator that counts at most COUNTED_AT_MOST rows, so that long lists are not scanned."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED_AT_MOST].count()


class RecordAdmin(OfficeDataAdmin):
    """Read-only list of the records of visible cases.

    `of_case` is the lookup of the case. `details` are fields shown in addition to the list's columns.
    """

    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ["-pk"]
    of_case: ClassVar[str] = "case"
    details: ClassVar[list[str]] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(**{f"{self.of_case}__in": _visible(request)})

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [name for name in (*self.list_display, *self.details) if name != "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _visible(request: HttpRequest) -> QuerySet[Case]:
    return Case.objects.visible_to(cast(User, request.user))


@admin.register(Case)
class CaseAdmin(RecordAdmin):
    """Cases without names and telephone numbers of applicants."""

    of_case = "pk"
    list_display = ["code", "kind", "channel", "state", "agenda", "division", "officer", "since", "due_at"]
    list_select_related = ["agenda", "division", "officer"]
    search_fields = ["=code"]
    details = [
        "deadline",
        "submitted_at",
        "classification",
        "urgency",
        "confidentiality",
        "srikandi_number",
        "awaits_ratification",
        "needs_review",
        "report_number",
        "closed_at",
        "first_closed_at",
    ]


@admin.register(Event)
class EventAdmin(RecordAdmin):
    list_display = ["case_code", "verb", "by", "title", "source", "target", "happened_at", "entered_at"]
    list_select_related = ["case", "by"]
    details = ["number", "note"]

    @admin.display(description=_("kode lacak"))
    def case_code(self, event: Event) -> str:
        return event.case.code


@admin.register(Attachment)
class AttachmentAdmin(RecordAdmin):
    """Metadata of a file. The file itself is opened on the page of its case."""

    list_display = ["name", "purpose", "content_type", "size", "added_at", "added_by"]
    list_select_related = ["added_by"]
    details = ["sha256"]


@admin.register(AgendaEntry)
class AgendaEntryAdmin(RecordAdmin):
    list_display = ["number", "year", "registered_at", "voided_at", "voided_by", "void_reason"]
    list_select_related = ["voided_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgendaEntry]:
        visible = _visible(request)
        return AgendaEntry.objects.filter(Q(case__in=visible) | Q(voided_case__in=visible)).order_by("-pk")


@admin.register(NumberBook)
class NumberBookAdmin(OfficeDataAdmin):
    """Number counters. The first number can be changed until it is taken."""

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
    form = StateTargetForm
    list_display = ["state_label", "hours"]

    @admin.display(description=_("keadaan"), ordering="state")
    def state_label(self, target: StateTarget) -> str:
        return str(State(target.state).label)


@admin.register(ComplaintTarget)
class ComplaintTargetAdmin(OfficeDataAdmin):
    list_display = ["stage", "days"]
