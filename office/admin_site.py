"""The administration site: its titles, its login, and the sections of its first page.

It is a module of its own, because the modules of `office.admin` register models with it.
"""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import TextChoices
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
        """Lead to `masuk/`, where administrators log in as other staff do."""
        return super().login(*args, **kwargs)

    def get_urls(self) -> Any:
        """Lead to the account for another password. There, wrong ones are limited and recorded."""
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
