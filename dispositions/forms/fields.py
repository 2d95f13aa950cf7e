"""A form field for several records."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SeveralField(forms.ModelMultipleChoiceField):
    """Checkboxes for some of the records in `queryset`. A forged key, also of any length, is an error."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> Any:
        records: Any = self.queryset
        offered = {str(pk) for pk in records.values_list("pk", flat=True)} if value else set()
        if not {str(pk) for pk in value or []} <= offered:
            raise ValidationError(_("Pilih dari daftar ini."), code="invalid_choice")
        return super().clean(value)
