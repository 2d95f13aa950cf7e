"""Office data in `pengaturan/` (Django admin), for administrators. Models of libraries are unregistered.

Every administrator has access, without Django's model permissions. Fields that change somebody's access are
read-only here. Such changes are proposed at `perubahan-akses/` (office/access/pages.py).
"""

import datetime as dt
from importlib import import_module
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Field, FileField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from kit import clock
from kit.limits import body_limit
from office.access.accounts import is_address_taken
from office.admin_site import OfficeDataAdmin, OfficeDataInline, Section
from office.models import (
    Appointment,
    ClassificationCode,
    ClosedDay,
    Division,
    FactorRequirement,
    Instruction,
    OpeningHours,
    Position,
    Requirement,
    RetentionRule,
    Role,
    Room,
    Season,
    StandardComponent,
    StandardPublication,
    StandardStep,
    User,
    list_holders,
)
from office.models.publication import STAGES
from office.signals import working_time_edited
from office.worktime import WorkingTime, get_national_holidays

ALLAUTH = ("allauth.account", "allauth.mfa", "allauth.usersessions")
# Importing these modules registers the models, so that they can be unregistered.
for library in ("django.contrib.auth", *ALLAUTH, "django_tasks_db"):
    import_module(f"{library}.admin")
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, DBTaskResult])
if apps.is_installed("allauth.socialaccount"):
    import_module("allauth.socialaccount.admin")
    admin.site.unregister(apps.get_app_config("socialaccount").get_models())


class AppointmentInline(OfficeDataInline):
    """Holders of a position, on the page of the position."""

    model = Appointment
    extra = 0
    show_change_link = True
    may_add = may_change = may_delete = False


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
        """Make role and division of a stored position read-only: they decide what the holders may do."""
        return ["role", "division"] if obj else []


@admin.register(FactorRequirement)
class FactorRequirementAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["role", "is_required", "grace_days"]
    may_change = may_delete = False

    def add_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the page that proposes a requirement."""
        return redirect("propose_access", "kewajiban-verifikasi")


@admin.register(Appointment)
class AppointmentAdmin(OfficeDataAdmin):
    section = Section.PEOPLE
    list_display = ["user", "position", "acting", "order", "starts", "last_day"]
    list_select_related = ["user", "position"]
    list_filter = ["position__role", "acting"]
    may_change = may_delete = False

    @admin.display(description=_("Surat Perintah"), ordering="order_date")
    def order(self, held: Appointment) -> str:
        return held.order

    @admin.display(description=_("sampai"), ordering="ends")
    def last_day(self, held: Appointment) -> dt.date | None:
        return held.last_day

    def add_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the page that proposes an appointment."""
        return redirect("propose_access", "jabatan")


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
    """Form: create an account without a password."""

    class Meta:
        model = User
        fields = ["username", "name", "nip", "rank", "email"]
        field_classes = {"username": UsernameField}

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if is_address_taken(address, self.instance):
            raise ValidationError(_("Alamat ini sudah dipakai akun lain."))
        return address

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


AFTER_ADDING = _(
    "Sesudah disimpan, usulkan jabatannya di “Perubahan akses”, lalu kirim “Undangan”. Orangnya membuat kata "
    "sandinya sendiri."
)
"""Description on the page that adds a user. It replaces Django's text."""


@admin.register(User)
class PersonAdmin(OfficeDataAdmin, UserAdmin):
    """Accounts. An unused account is closed, never deleted, because the history refers to it.

    A new account has no position and no password; its owner is invited. Fields that give access to an
    existing account are read-only. The e-mail address is one: it receives the mail that resets the password.
    The NIP is one: it identifies the account at a login through the identity provider.
    """

    section = Section.PEOPLE
    add_form = NewPersonForm
    add_form_template = "admin/change_form.html"  # without Django's text, see AFTER_ADDING
    list_display = ["name", "positions", "username", "nip", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", HeldRoleFilter]
    search_fields = ["username", "name", "nip"]
    ordering = ["name"]
    filter_horizontal = []
    may_delete = False
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
        """Redirect to the page that proposes to reset the password."""
        return redirect("propose_access", "kata-sandi")

    @admin.display(description=_("jabatan"))
    def positions(self, obj: User) -> str:
        """Return the titles of the positions that the user holds today."""
        return "; ".join(held.title for held in obj.current_appointments) or "–"

    @admin.display(description=_("Ubah akses"))
    def access(self, obj: User) -> str:
        """Return links to the pages for changes of access and for invitations."""
        links = (("access_changes", _("Usulkan perubahan akses")), ("invitations", _("Undangan")))
        return format_html_join(
            " · ", '<a href="{}">{}</a>', ((reverse(name), label) for name, label in links)
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save only edited fields: the other fields may have changed since the form was opened."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)


UPLOAD_BYTES = 10 * 1024 * 1024


@admin.register(StandardPublication)
class StandardPublicationAdmin(OfficeDataAdmin):
    """Admin of the one publication row. It can be changed, but not deleted or added a second time."""

    list_display = ["__str__", "decree_on", "pledge_on", "lists_staff"]
    section = Section.PROFILE
    may_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Add an `aria-label` to file inputs, which Django puts into a fieldset without a label."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, FileField):
            field.widget.attrs["aria-label"] = db_field.verbose_name
        return field

    @body_limit(files=UPLOAD_BYTES)
    def add_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().add_view(*args, **kwargs)

    @body_limit(files=UPLOAD_BYTES)
    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(*args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class StandardStepForm(forms.ModelForm):
    """Form of a published step. Its stage is chosen by title."""

    stage = forms.TypedChoiceField(
        label=_("Tahap"),
        choices=[("", _("Tidak dicatat Rembuk")), *STAGES.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )


@admin.register(StandardStep)
class StandardStepAdmin(OfficeDataAdmin):
    section = Section.PROFILE
    form = StandardStepForm
    list_display = ["number", "heading", "stage"]
    list_display_links = ["heading"]

    @admin.display(description=_("judul singkat"))
    def heading(self, step: StandardStep) -> str:
        return step.heading


@admin.register(Requirement)
class RequirementAdmin(OfficeDataAdmin):
    section = Section.PROFILE
    list_display = ["number", "text", "asks", "is_required"]
    list_display_links = ["text"]


@admin.register(StandardComponent)
class StandardComponentAdmin(OfficeDataAdmin):
    section = Section.PROFILE
    list_display = ["number", "title", "part", "is_decreed"]
    list_display_links = ["title"]
    list_filter = ["part"]


@admin.register(Room)
class RoomAdmin(OfficeDataAdmin):
    section = Section.PROFILE
    list_display = ["name", "is_active"]
    list_editable = ["is_active"]


@admin.register(Instruction)
class InstructionAdmin(OfficeDataAdmin):
    section = Section.PROFILE
    list_display = ["text", "order", "is_active"]
    list_editable = ["order", "is_active"]


@admin.register(ClassificationCode)
class ClassificationCodeAdmin(OfficeDataAdmin):
    """Admin for single codes. A whole list is imported from a spreadsheet."""

    section = Section.REGISTERS
    list_display = ["code", "name"]
    search_fields = ["code", "name"]
    change_list_template = "admin/office/codes.html"


@admin.register(RetentionRule)
class RetentionRuleAdmin(OfficeDataAdmin):
    section = Section.REGISTERS
    note = _("Yang tidak ada di daftar ini: 2 tahun aktif, 3 tahun inaktif, lalu musnah.")
    list_display = ["kind", "classification", "active_years", "inactive_years", "fate", "basis"]


class WorkingTimeAdmin(OfficeDataAdmin):
    """Base of admin pages of working time. After a change they show warnings from other apps."""

    section = Section.TIME

    def save_related(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().save_related(request, *args, **kwargs)
        self._warn(request)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        self._warn(request)

    def _warn(self, request: HttpRequest) -> None:
        for _receiver, warning in working_time_edited.send(self.model):
            if warning:
                messages.warning(request, warning)


@admin.register(OpeningHours)
class OpeningHoursAdmin(WorkingTimeAdmin):
    """Ordinary opening hours. Those of a season are edited on the page of the season."""

    list_display = ["weekday", "opens", "break_starts", "break_ends", "closes"]
    exclude = ["season"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningHours]:
        return super().get_queryset(request).filter(season=None)


class SeasonHoursInline(OfficeDataInline):
    """Opening hours of a season, on the page of the season."""

    model = OpeningHours
    extra = 5
    max_num = 7


@admin.register(Season)
class SeasonAdmin(WorkingTimeAdmin):
    list_display = ["name", "since", "until"]
    inlines = [SeasonHoursInline]


@admin.register(ClosedDay)
class ClosedDayAdmin(WorkingTimeAdmin):
    """Days on which the office departs from the national holidays, which the page lists below."""

    list_display = ["day", "reason", "is_open"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "holidays": _list_holidays()})


def _list_holidays() -> list[tuple[dt.date, str, bool]]:
    """Return (day, name, is open) for the coming national holidays of this year and the next."""
    today, working_time = clock.today(), WorkingTime.load()
    holidays = get_national_holidays(today.year) | get_national_holidays(today.year + 1)
    return [(day, name, working_time.is_open(day)) for day, name in sorted(holidays.items()) if day >= today]
