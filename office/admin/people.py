"""Admin pages of accounts, divisions, positions and appointments, and of required second factors."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from office.models import Appointment, Division, FactorRequirement, Position, User

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


@admin.register(FactorRequirement)
class FactorRequirementAdmin(OfficeDataAdmin):
    list_display = ["role", "is_required", "grace_days"]
    list_editable = ["is_required", "grace_days"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(OfficeDataAdmin):
    list_display = ["user", "position", "acting", "starts", "ends", "ended_at"]
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
        (_("Orang"), {"fields": ["name", "nip", "rank", "competence", "email"]}),
        (_("Akses"), {"fields": ["is_active", "is_staff"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "password1", "password2"]}),
        (_("Orang"), {"classes": ["wide"], "fields": ["name", "nip", "rank", "email"]}),
    ]

    @method_decorator(reauthentication_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(reauthentication_required)
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().user_change_password(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account. A changed address replaces the verified one, which gets a mail."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).exclude(email=obj.email.lower()).delete()
            if old := form.initial["email"]:
                context = {"from_email": old, "to_email": obj.email}
                get_adapter(request).send_notification_mail("account/email/email_changed", obj, context, old)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
