"""Fields for the help that an applicant with a disability asks for."""

from django import forms

from consultations.enums import HELP


class HelpForm(forms.Form):
    """One box for each kind of help. The names are columns of the case."""

    needs_companion = forms.BooleanField(label=HELP["needs_companion"], required=False)
    needs_sign_language = forms.BooleanField(label=HELP["needs_sign_language"], required=False)
    needs_large_print = forms.BooleanField(label=HELP["needs_large_print"], required=False)
    needs_visit = forms.BooleanField(label=HELP["needs_visit"], required=False)
