"""What is asked of somebody who settles a message without sending it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AsideForm(forms.Form):
    """How the applicant was told instead."""

    how = forms.CharField(
        label=_("Disampaikan bagaimana? Misalnya: lewat telepon"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Tulis bagaimana pesan ini disampaikan, misalnya lewat telepon.")},
    )
