"""Why a held request is turned away: one of them, or several with one reason."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class TurnAwayForm(forms.Form):
    """The reason, which stays on record when the request is gone."""

    reason = forms.CharField(
        label=_("Mengapa tidak diterima"),
        max_length=200,
        help_text=_("Contoh: iklan. Dicatat bersama nama Anda dan tidak dapat dihapus."),
        error_messages={"required": _("Tulis mengapa kiriman ini tidak diterima.")},
    )


class TurnSeveralAwayForm(TurnAwayForm):
    """The same for those that are ticked on the list (`tokens`)."""

    def clean(self) -> dict[str, object]:
        try:
            tokens = [UUID(text) for text in getattr(self.data, "getlist", list)("draft")]
        except ValueError:
            tokens = []
        if not tokens:
            raise ValidationError(_("Centang kiriman yang tidak diterima."))
        return {**self.cleaned_data, "tokens": tokens}
