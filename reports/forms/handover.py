"""Form for the receiver of a document."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateTimeField
from consultations.forms.step import OfficeForm, check_words


class HandoverForm(OfficeForm):
    receiver = forms.CharField(
        label=_("Nama penerima"),
        max_length=150,
        validators=[check_words],
        help_text=_("Nama dan jabatan atau bagian, seperti yang ia tulis di buku ekspedisi."),
        error_messages={"required": _("Tulis nama penerima naskah ini.")},
    )
    received_at = LocalDateTimeField(label=_("Diterima pada"))
