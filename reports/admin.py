"""Reports and issued papers in `pengaturan/`: what is known of them, to be read, never written."""

from django.contrib import admin

from consultations.admin import RecordAdmin
from reports.models import Document, Report


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    list_display = ["pk", "number", "version", "by", "title", "at", "forwarded_at", "accepted_at"]
    list_select_related = ["by"]
    details = ["forwarded_by", "accepted_by", "accepted_title"]


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ["number", "kind", "issuer", "issued_at", "size"]
    details = ["sha256"]
