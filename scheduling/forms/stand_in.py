"""The form that names a stand-in (Plh., Plt.) for a head's position."""

from django import forms
from django.utils.translation import gettext_lazy as _

from office.models import Appointment, User
from scheduling.delegations import TEMPORARY


class StandInForm(forms.Form):
    """The person and the prefix. `delegate()` checks the rules of the office."""

    to = forms.ModelChoiceField(
        User.objects.all(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Pilih siapa yang menggantikan.")),
    )
    acting = forms.ChoiceField(
        choices=[(prefix.value, prefix.label) for prefix in TEMPORARY],
        initial=Appointment.Acting.PLH,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Pilih Plh. atau Plt.")),
    )
