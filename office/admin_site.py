"""The administration site: its titles, its login, the sections of its first page, and who edits office data.

This is a separate module because `office.admin` registers models with the site.
"""

from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, TextChoices
from django.http import HttpRequest
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView


class Section(TextChoices):
    """Sections of the first page, in their order."""

    PROFILE = "PROFILE", _("Kantor dan standar layanan")
    PEOPLE = "PEOPLE", _("Orang dan jabatan")
    TIME = "TIME", _("Waktu kerja dan batas waktu")
    REGISTERS = "REGISTERS", _("Nomor dan arsip")


class OfficeAdminSite(admin.AdminSite):
    """Django's administration with the models in sections instead of apps."""

    site_header = site_title = _("Pengaturan kantor")
    index_title = _("Pengaturan kantor")
    enable_nav_sidebar = False

    @method_decorator([login_not_required, secure_admin_login])
    def login(self, *args: Any, **kwargs: Any) -> Any:
        """Redirect to `masuk/`, where administrators log in like other staff."""
        return super().login(*args, **kwargs)

    def get_urls(self) -> Any:
        """Redirect password changes to allauth's page, which limits and records wrong passwords."""
        change = RedirectView.as_view(pattern_name="account_change_password")
        return [path(f"password_change/{end}", change) for end in ("", "done/")] + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the sections with their models, in the form of Django's list of apps."""
        models = [model for app in super().get_app_list(request, app_label) for model in app["models"]]
        return [
            {"name": section.label, "app_label": section.value.lower(), "app_url": "", "models": listed}
            for section in Section
            if (listed := [m for m in models if self._registry[m["model"]].section == section])  # type: ignore[attr-defined]
        ]


def is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


class ForAdministrators:
    """Permission to view, add, change and delete rows for administrators (`is_staff`)."""

    may_add = may_change = may_delete = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_add and is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_change and is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_delete and is_administrator(request)


class OfficeDataAdmin(ForAdministrators, admin.ModelAdmin):
    """Admin pages of a model with office data, listed in a section of the first page."""

    section: ClassVar[Section]
    note: ClassVar[Any] = ""
    """A sentence above the list."""
    actions = None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Show only the model names of rows that prevent a deletion: administrators see no cases (ADR 8)."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, forbidden, sorted({str(row).split(":")[0] for row in protected})


class OfficeDataInline(ForAdministrators, admin.StackedInline):
    """Related rows on the page of their parent. They are stacked, so that each field has a label."""
