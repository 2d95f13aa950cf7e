"""Sessions in `pengaturan/`, read-only."""

from django.contrib import admin

from consultations.admin import RecordAdmin
from scheduling.models import Session


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
