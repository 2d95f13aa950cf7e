"""The questionnaire: nine elements, a short profile, a comment. The same for applicants and for entry."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import TextField
from surveys.elements import ELEMENTS, Element
from surveys.profile import ASKED

CHOOSE = _("Pilih salah satu jawaban.")
WRONG_PROFILE = _("Pilih dari daftar ini, atau biarkan kosong.")


class QuestionnaireForm(forms.Form):
    """What is asked of one respondent. Its cleaned data are the keyword arguments of `services.answer()`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in ELEMENTS.values():
            self.fields[element.field] = forms.TypedChoiceField(
                label=str(element.question),
                choices=element.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )
        for name, (label, values) in ASKED.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                choices=[("", _("Tidak diisi")), *values.choices],
                required=False,
                error_messages={"invalid_choice": WRONG_PROFILE},
            )
        self.fields["comment"] = TextField(
            label=_("Saran Anda (boleh dikosongkan)"), required=False, rows=3, max_length=1000
        )

    @property
    def questions(self) -> list[tuple[Element, BoundField]]:
        """The nine elements with their fields, in order."""
        return [(element, self[element.field]) for element in ELEMENTS.values()]

    @property
    def profile(self) -> list[BoundField]:
        return [self[name] for name in ASKED]
