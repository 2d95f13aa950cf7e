"""The form with which staff find the case of a questionnaire that was filled in on paper."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import OfficeForm
from consultations.models import Case
from office import clock
from office.models import User

UNKNOWN = _("Tidak ada permohonan dengan kode lacak atau nomor agenda ini. Periksa tulisannya.")
MISSING = _("Tulis kode lacak atau nomor agenda yang tertulis pada formulir.")
LARGEST_NUMBER = 9


class PaperLookupForm(OfficeForm):
    """A tracking code (`7K3M-9Q2X`, with or without dash) or an agenda number (`12` of this year, `12/2025`).

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
        typed = "".join(self.cleaned_data["case"].split()).upper()
        number = re.fullmatch(rf"(\d{{1,{LARGEST_NUMBER}}})(?:/(\d{{4}}))?", typed, re.ASCII)
        code = re.fullmatch(r"([0-9A-Z]{4})-?([0-9A-Z]{4})", typed, re.ASCII)
        wanted: dict[str, Any] = {}
        if number:
            year = number[2] or clock.today().year
            wanted = {"agenda__number": int(number[1]), "agenda__year": int(year)}
        if code and not (number and Case.objects.filter(**wanted).exists()):
            wanted = {"code": f"{code[1]}-{code[2]}"}
        found = Case.objects.visible_to(self.user).filter(**wanted).first() if wanted else None
        if found is None:
            raise ValidationError(UNKNOWN)
        return found
