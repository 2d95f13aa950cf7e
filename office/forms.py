"""Form of the office app: the confirmation of a recovery."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.factor_recovery import list_recoverable
from office.models import User


class RecoveryForm(forms.Form):
    """Confirm that a person who lost the second factor stands before the user."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Siapa yang kehilangan akses"))
    is_here = forms.BooleanField(
        label=_("Orang ini berdiri di depan saya, dan saya mengenalnya atau sudah memeriksa KTP-nya.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = list_recoverable(by)  # type: ignore[attr-defined]
