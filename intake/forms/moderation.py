"""Why a held request is turned away: one of them, or several with one reason."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class TickedField(forms.Field):
    """The keys of what was ticked on a list; the list itself draws the ticks."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Sequence[str] | None) -> list[UUID]:
        try:
            return [UUID(key) for key in value or ()]
        except ValueError as error:
            raise ValidationError(self.error_messages["required"], code="required") from error


class TurnAwayForm(forms.Form):
    """The reason, which stays on record when the request is gone."""

    reason = forms.CharField(
        label=_("Mengapa tidak diterima"),
        max_length=200,
        help_text=_("Contoh: iklan. Dicatat bersama nama Anda dan tidak dapat dihapus."),
        error_messages={"required": _("Tulis mengapa kiriman ini tidak diterima.")},
    )


class TurnSeveralAwayForm(TurnAwayForm):
    """The same for those that are ticked on the list (`draft`), by the office's keys to them."""

    draft = TickedField(error_messages={"required": _("Centang kiriman yang tidak diterima.")})
