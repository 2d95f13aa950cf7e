"""Base classes of the admin pages: access for every administrator, without Django's model permissions."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest


def is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


class ForAdministrators:
    """Permission to view, change and delete rows for administrators (`is_staff`)."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)


class OfficeDataAdmin(ForAdministrators, admin.ModelAdmin):
    """Admin pages of a model with office data."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Log each deleted row with `save()`: Django's bulk insert sends no signal to the audit log."""
        return [entry for row in queryset for entry in super().log_deletions(request, [row])]  # type: ignore[arg-type]


class OfficeDataInline(ForAdministrators, admin.StackedInline):
    """Related rows on the page of their parent. They are stacked, so that each field has a label."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)
