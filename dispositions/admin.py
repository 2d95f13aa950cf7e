"""Dispositions and assignments in `pengaturan/`, read-only."""

from django.contrib import admin

from consultations.admin import RecordAdmin
from dispositions.models import Assignment, Disposition


@admin.register(Disposition)
class DispositionAdmin(RecordAdmin):
    list_display = ["pk", "division", "by", "title", "at", "deadline", "ratified_at"]
    list_select_related = ["division", "by"]
    details = ["instructions", "copies", "note", "ratified_by", "ratified_title"]


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    list_display = ["pk", "officer", "by", "title", "at"]
    list_select_related = ["officer", "by"]
    details = ["companions", "preparation", "reason"]
