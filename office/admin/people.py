"""Admin pages of accounts, divisions, positions and appointments."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from office.models import Appointment, Division, Position, User

from .permissions import OfficeDataAdmin, OfficeDataInline


class AppointmentInline(OfficeDataInline):
    """Holders of a position, on the page of the position. A holder's last day is changed on his own page."""

    model = Appointment
    extra = 1
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Division)
class DivisionAdmin(OfficeDataAdmin):
    list_display = ["name", "code", "is_active"]


@admin.register(Position)
class PositionAdmin(OfficeDataAdmin):
    list_display = ["title", "role", "division"]
    list_filter = ["role", "division"]
    list_select_related = ["division"]
    search_fields = ["title"]
    inlines = [AppointmentInline]


@admin.register(Appointment)
class AppointmentAdmin(OfficeDataAdmin):
    list_display = ["user", "position", "acting", "starts", "ends"]
    list_select_related = ["user", "position"]
    list_filter = ["position__role", "acting"]

    def get_readonly_fields(self, request: HttpRequest, obj: Appointment | None = None) -> list[str]:
        return ["user", "position", "acting", "starts"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(OfficeDataAdmin, UserAdmin):
    """Accounts. An unused account is deactivated, never deleted, because the history refers to it."""

    add_form = UserCreationForm
    list_display = ["username", "name", "nip", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "name", "nip"]
    ordering = ["name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Orang"), {"fields": ["name", "nip", "rank", "email"]}),
        (_("Akses"), {"fields": ["is_active", "is_staff"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "password1", "password2"]}),
        (_("Orang"), {"classes": ["wide"], "fields": ["name", "nip", "rank", "email"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
