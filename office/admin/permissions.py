"""Base classes of the admin pages: access for every administrator, without Django's model permissions."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from office.admin_site import Section


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
    """Admin pages of a model with office data, listed in a section of the first page."""

    section: ClassVar[Section]
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name only the kinds of the rows that prevent a deletion: the administrator sees no case (ADR 8)."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, forbidden, sorted({str(row).split(":")[0] for row in protected})


class OfficeDataInline(ForAdministrators, admin.StackedInline):
    """Related rows on the page of their parent. They are stacked, so that each field has a label."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)
