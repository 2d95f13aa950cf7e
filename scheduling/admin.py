"""Sessions, absences and delegations in `pengaturan/`, read-only."""

from django.contrib import admin
from django.http import HttpRequest

from consultations.admin import BoundedPaginator, RecordAdmin
from office.admin import OfficeDataAdmin
from scheduling.models import Absence, Delegation, Session


@admin.register(Session)
class SessionAdmin(RecordAdmin):
    list_display = [
        "pk",
        "officer",
        "starts_at",
        "ends_at",
        "mode",
        "started_at",
        "finished_at",
        "cancelled_at",
    ]
    list_select_related = ["officer"]
    details = ["place", "cancel_reason"]


class StaffRecordAdmin(OfficeDataAdmin):
    """Read-only list of records of the staff. Database triggers refuse changes anyway."""

    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Absence)
class AbsenceAdmin(StaffRecordAdmin):
    list_display = ["person", "starts_at", "ends_at", "reason", "entered_by", "ended_at", "ended_by"]
    list_select_related = ["person", "entered_by", "ended_by"]
    exclude = ["note"]


@admin.register(Delegation)
class DelegationAdmin(StaffRecordAdmin):
    list_display = ["appointment", "source", "absence", "by", "at"]
    list_select_related = [
        "appointment__user",
        "appointment__position",
        "source__user",
        "source__position",
        "absence__person",
        "by",
    ]
