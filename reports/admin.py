"""Read-only admin of reports, follow-ups, issued documents and exports (`pengaturan/`)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from consultations.admin import RecordAdmin
from reports.models import Document, Export, FollowUp, Handover, Report


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    list_display = ["pk", "number", "version", "by", "title", "at", "forwarded_at", "accepted_at"]
    list_select_related = ["by"]
    details = ["forwarded_by", "cosigned_by", "accepted_by", "accepted_title", "corrected_at"]


@admin.register(FollowUp)
class FollowUpAdmin(RecordAdmin):
    list_display = ["pk", "responsible", "due", "done_at"]
    details = ["text", "outcome", "done_by", "done_title"]


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ["pk", "kind", "number", "version", "issuer", "issued_at", "size"]
    details = ["sha256", "signature", "signer", "revoked_at", "revoke_reason"]


@admin.register(Handover)
class HandoverAdmin(RecordAdmin):
    of_case = "document__case"
    list_display = ["pk", "document", "received_at", "title", "at"]
    details = ["receiver"]


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """The log of exports, without the filters: these may contain names."""

    list_display = ["at", "by", "title", "table", "format", "rows", "is_cut", "finished_at", "failed_at"]
    list_select_related = ["by"]
    ordering = ["-at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Export.objects.all()
