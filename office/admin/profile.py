"""Admin pages of the office's profile, its published standard, its rooms and the preset instructions."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, FileField, Model
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from kit.limits import body_limit
from office.admin.permissions import OfficeDataAdmin
from office.admin_site import Section
from office.models import Instruction, Office, RetentionRule, Room, StandardComponent, StandardPublication

UPLOAD_BYTES = 10 * 1024 * 1024


class OneRowAdmin(OfficeDataAdmin):
    """A model with one row, which can be changed, but not deleted or added a second time. Takes files."""

    section = Section.PROFILE

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Label the input of a file. Django puts it into a fieldset with a legend instead."""
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

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(Office)
class OfficeAdmin(OneRowAdmin):
    list_display = ["name", "government", "standard_number"]


@admin.register(StandardPublication)
class StandardPublicationAdmin(OneRowAdmin):
    list_display = ["__str__", "decree_on", "pledge_on", "lists_staff"]


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


@admin.register(RetentionRule)
class RetentionRuleAdmin(OfficeDataAdmin):
    section = Section.REGISTERS
    list_display = ["kind", "active_years", "inactive_years", "basis"]
