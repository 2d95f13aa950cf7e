"""Form of the manual queue."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OtherWayForm(forms.Form):
    """Explanation how staff passed a message on instead of sending it."""

    how = forms.CharField(
        label=_("Disampaikan bagaimana? Misalnya: lewat telepon"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Tulis bagaimana pesan ini disampaikan, misalnya lewat telepon.")},
    )
