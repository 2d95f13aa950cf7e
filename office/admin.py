"""Office data in `pengaturan/` (Django admin): for administrators, who log in at `masuk/` like everybody."""

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Field, ImageField, Model, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from office.models import (
    Appointment,
    ClosedDay,
    Division,
    Instruction,
    Office,
    OpeningHours,
    Position,
    Season,
    StandardComponent,
    User,
)

admin.site.site_header = admin.site.site_title = _("Pengaturan Rembuk")
admin.site.index_title = _("Data kantor")
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# What libraries keep for themselves is no data of the office; what a person may do follows from positions.
for library in ("allauth.account", "allauth.mfa", "allauth.usersessions", "django_tasks_db"):
    import_module(f"{library}.admin")
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, DBTaskResult])


class OfficeDataAdmin(admin.ModelAdmin):
    """Office data is open to every administrator (`is_staff`), without permissions one by one."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_administrator(request)


def _is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


@admin.register(Office)
class OfficeAdmin(OfficeDataAdmin):
    """The one office of this installation: changed, but neither doubled nor deleted."""

    list_display = ["name", "government", "standard_number"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Office.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Django's field for a picture stands in a group with a legend, and has no label of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, ImageField):
            field.widget.attrs["aria-label"] = db_field.verbose_name
        return field

    def save_model(self, request: HttpRequest, obj: Office, form: ModelForm, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class OfficeInline(admin.StackedInline):
    """Office data on the page of what they belong to; one below the other, each field with its label."""

    has_view_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: (
        _is_administrator(request)
    )

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_administrator(request)


class AppointmentInline(OfficeInline):
    """Who holds the position, on the position's own page."""

    model = Appointment
    extra = 1


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


@admin.register(User)
class PersonAdmin(OfficeDataAdmin, UserAdmin):
    """Accounts. One that is no longer needed is switched off, never deleted: the history names it."""

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


@admin.register(StandardComponent)
class StandardComponentAdmin(OfficeDataAdmin):
    list_display = ["number", "title", "part"]
    list_display_links = ["title"]
    list_filter = ["part"]


@admin.register(Instruction)
class InstructionAdmin(OfficeDataAdmin):
    list_display = ["text", "order", "is_active"]
    list_editable = ["order", "is_active"]


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfficeDataAdmin):
    """The ordinary hours; those of a season are entered on the season's own page."""

    list_display = ["weekday", "opens", "break_starts", "break_ends", "closes"]
    exclude = ["season"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningHours]:
        return super().get_queryset(request).filter(season=None)


class SeasonHoursInline(OfficeInline):
    """The week of a season, on the season's own page."""

    model = OpeningHours
    extra = 5
    max_num = 7


@admin.register(Season)
class SeasonAdmin(OfficeDataAdmin):
    list_display = ["name", "since", "until"]
    inlines = [SeasonHoursInline]


@admin.register(ClosedDay)
class ClosedDayAdmin(OfficeDataAdmin):
    list_display = ["day", "reason", "is_open"]
