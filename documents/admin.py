"""Administration (`pengaturan/`): rules for papers. It shows no paper (ADR 8)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from documents.models import PaperRule
from documents.models.paper import INITIALLING
from office.admin import OfficeDataAdmin
from office.admin_site import Section
from office.models import Role


class PaperRuleForm(forms.ModelForm):
    """Offer the possible orders of initials."""

    initials = forms.ChoiceField(label=_("paraf, menurut urutan"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        division_head, secretary = INITIALLING
        both = f"{division_head.label}, {secretary.label}"
        self.fields["initials"].choices = [  # type: ignore[attr-defined]
            ("", _("tanpa paraf")),
            *((role.value, role.label) for role in INITIALLING),
            (" ".join(INITIALLING), both),
        ]
        self.initial["initials"] = " ".join(self.instance.initials)

    def clean_initials(self) -> list[str]:
        return str(self.cleaned_data["initials"]).split()


@admin.register(PaperRule)
class PaperRuleAdmin(OfficeDataAdmin):
    """Codes, initials and way of signing of each kind of paper. A standing order names the signer."""

    section = Section.REGISTERS
    note = _("Naskah yang tidak ada di daftar ini mengikuti aturan bawaan Rembuk.")
    form = PaperRuleForm
    list_display = ["kind", "classification", "show_initials", "way", "is_routine"]
    fields = ["kind", "classification", "type_code", "initials", "way", "is_routine"]

    @admin.display(description=_("paraf"))
    def show_initials(self, rule: PaperRule) -> str:
        return ", ".join(str(Role(role).label) for role in rule.initials) or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
