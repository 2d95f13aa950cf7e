"""Base classes of the admin pages, and the models of libraries that are left out.

Base classes of the admin pages: access for every administrator, without Django's model permissions.

Leave out the models of libraries: they are not office data, and permissions follow from positions.
"""

from importlib import import_module
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django_tasks_db.models import DBTaskResult

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


# Importing these modules registers the models, so that they can be unregistered.
for library in (
    "django.contrib.auth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks_db",
):
    import_module(f"{library}.admin")
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, DBTaskResult])
if apps.is_installed("allauth.socialaccount"):
    import_module("allauth.socialaccount.admin")
    admin.site.unregister(apps.get_app_config("socialaccount").get_models())
