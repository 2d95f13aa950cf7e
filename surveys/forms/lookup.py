"""The form with which staff find the case of a questionnaire that was filled in on paper."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm
from consultations.models import Case
from consultations.search_terms import find_agenda_number, strip_labels
from office import clock
from office.models import User

UNKNOWN = _("Tidak ada permohonan dengan kode lacak atau nomor agenda ini. Periksa tulisannya.")
MISSING = _("Tulis kode lacak atau nomor agenda yang tertulis pada formulir.")


class PaperLookupForm(OfficeForm):
    """A tracking code (`7K3M-9Q2X`, with or without dash) or an agenda number (`12` of this year, `12/2025`).

    What names a case here finds it in the search of cases too, whose reading of agenda numbers this is.

    Its cleaned `case` is one that the user may see.
    """

    case = forms.CharField(
        label=_("Kode lacak atau nomor agenda"),
        max_length=20,
        help_text=_("Contoh: 7K3M-9Q2X, atau 12/2026"),
        error_messages={"required": MISSING, "max_length": UNKNOWN},
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
            raise ValidationError(UNKNOWN)
        return found
