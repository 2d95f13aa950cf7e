"""Admin pages of accounts, divisions, positions and appointments, and of required second factors.

What changes somebody's access is read-only here. It is proposed at `perubahan-akses/` (access_changes.py).
"""

import datetime as dt
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UsernameField
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from office.admin.permissions import OfficeDataAdmin, OfficeDataInline
from office.admin_site import Section
from office.models import (
    Appointment,
    Division,
    FactorRequirement,
    Position,
    Role,
    User,
    list_holders,
)


class AppointmentInline(OfficeDataInline):
    """Holders of a position, on the page of the position."""

    model = Appointment
    extra = 0
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Division)
class DivisionAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["name", "code", "is_active"]


@admin.register(Position)
class PositionAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["title", "role", "division"]
    list_filter = ["role", "division"]
    list_select_related = ["division"]
    search_fields = ["title"]
    inlines = [AppointmentInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Position | None = None) -> list[str]:
        """Fix role and division: another role would change what the holders may do."""
        return ["role", "division"] if obj else []


@admin.register(FactorRequirement)
class FactorRequirementAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["role", "is_required", "grace_days"]
    list_editable = ["is_required", "grace_days"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["user", "position", "acting", "starts", "last_day"]
    list_select_related = ["user", "position"]
    list_filter = ["position__role", "acting"]

    @admin.display(description=_("sampai"), ordering="ends")
    def last_day(self, held: Appointment) -> dt.date | None:
        return held.last_day

    def add_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page that proposes an appointment."""
        return redirect("propose_access", "jabatan")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class HeldRoleFilter(admin.SimpleListFilter):
    """Filter people by the role of a position that they hold today."""

    title = _("peran")
    parameter_name = "peran"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        role = self.value()
        if role is None or role not in Role.values:
            return queryset
        return queryset.filter(pk__in=list_holders(Role(role)))


class NewPersonForm(forms.ModelForm):
    """An account without a password."""

    class Meta:
        model = User
        fields = ["username", "name", "nip", "rank", "email"]
        field_classes = {"username": UsernameField}

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


AFTER_ADDING = _(
    "Sesudah disimpan, usulkan jabatannya di “Perubahan akses”, lalu kirim “Undangan”. Orangnya membuat kata "
    "sandinya sendiri."
)
"""Text of the page that adds a person, instead of Django's."""


@admin.register(User)
class PersonAdmin(OfficeDataAdmin, UserAdmin):
    """Accounts. An unused account is closed, never deleted, because the history refers to it.

    A new account has no position and no password; its person is invited. Fields that give access to an
    existing account are read-only. The address gets the mail that resets the password. The NIP names the
    account at a login through the identity provider.
    """

    section = Section.PEOPLE
    add_form = NewPersonForm
    add_form_template = "admin/change_form.html"  # without Django's text, see AFTER_ADDING
    list_display = ["name", "positions", "username", "nip", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", HeldRoleFilter]
    search_fields = ["username", "name", "nip"]
    ordering = ["name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username"]}),
        (_("Orang"), {"fields": ["name", "rank", "competence"]}),
        (_("Akses"), {"fields": ["positions", "nip", "email", "is_active", "is_staff", "access"]}),
    ]
    readonly_fields = ["positions", "is_active", "is_staff", "access"]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username"], "description": AFTER_ADDING}),
        (_("Orang"), {"classes": ["wide"], "fields": ["name", "nip", "rank", "email"]}),
    ]

    @method_decorator(reauthentication_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [*self.readonly_fields, "nip", "email"] if obj else self.readonly_fields

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page that proposes to reset the password."""
        return redirect("propose_access", "kata-sandi")

    @admin.display(description=_("jabatan"))
    def positions(self, obj: User) -> str:
        """Name the positions that the person holds today."""
        return "; ".join(held.title for held in obj.current_appointments) or "–"

    @admin.display(description=_("Ubah akses"))
    def access(self, obj: User) -> str:
        """Link the pages on which another access is proposed."""
        links = (("access_changes", _("Usulkan perubahan akses")), ("invitations", _("Undangan")))
        return format_html_join(
            " · ", '<a href="{}">{}</a>', ((reverse(name), label) for name, label in links)
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the fields that were edited: others may have changed since the form was opened."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
