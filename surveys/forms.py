"""The forms of the survey: questionnaire, lookup of a case, publication."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm, TextField
from consultations.models import Case
from consultations.search_terms import find_agenda_number, strip_labels
from office import clock
from office.models import User
from surveys.elements import ELEMENTS, Element
from surveys.profile import ASKED

CHOOSE = _("Pilih salah satu jawaban.")
WRONG_PROFILE = _("Pilih dari daftar ini, atau biarkan kosong.")
UNKNOWN_CASE = _("Tidak ada permohonan dengan kode lacak atau nomor agenda ini. Periksa tulisannya.")
NO_CASE = _("Tulis kode lacak atau nomor agenda yang tertulis pada formulir.")
NO_PLAN = _("Tulis apa yang akan diperbaiki, oleh siapa, dan kapan.")


class QuestionnaireForm(forms.Form):
    """The questionnaire. Its cleaned data are keyword arguments of `services.answer()`."""

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
            label=_("Saran Anda (boleh kosong)"), required=False, rows=3, max_length=1000
        )

    @property
    def questions(self) -> list[tuple[Element, BoundField]]:
        return [(element, self[element.field]) for element in ELEMENTS.values()]

    @property
    def profile(self) -> list[BoundField]:
        return [self[name] for name in ASKED]


class CaseLookupForm(OfficeForm):
    """Finds the case of a paper form by tracking code or agenda number (`12` of this year, `12/2025`).

    The cleaned `case` is visible to the user.
    """

    case = forms.CharField(
        label=_("Kode lacak atau nomor agenda"),
        max_length=20,
        help_text=_("Contoh: 7K3M-9Q2X, atau 12/2026"),
        error_messages={"required": NO_CASE, "max_length": UNKNOWN_CASE},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_case(self) -> Case:
        visible, wanted = Case.objects.visible_to(self.user), []
        typed = strip_labels(self.cleaned_data["case"])
        bare = re.fullmatch(r"\s*(\d{1,9})\s*", typed, re.ASCII)
        if entry := find_agenda_number(f"{bare[1]}/{clock.today().year}" if bare else typed):
            wanted.append(visible.numbered(entry.number, entry.year))
        if code := re.fullmatch(r"([0-9A-Z]{4})-?([0-9A-Z]{4})", "".join(typed.split()).upper(), re.ASCII):
            wanted.append(visible.filter(code=f"{code[1]}-{code[2]}"))
        found = next((case for cases in wanted if (case := cases.first())), None)
        if found is None:
            raise ValidationError(UNKNOWN_CASE)
        return found


class PublishForm(OfficeForm):
    """The follow-up plan of a period. Its cleaned data are keyword arguments of `services.publish()`."""

    plan = TextField(
        label=_("Rencana tindak lanjut"),
        rows=6,
        help_text=_("Untuk tiap unsur terendah: apa yang diperbaiki, oleh siapa, kapan selesai."),
        error_messages={"required": NO_PLAN},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
