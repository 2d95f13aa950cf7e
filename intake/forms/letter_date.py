"""Form field for the date of a letter."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateField
from office import clock


class LetterDateField(LocalDateField):
    """The date of the applicant's letter, at most today."""

    def __init__(self) -> None:
        super().__init__(label=_("Tanggal surat"), required=False)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Tanggal surat tidak boleh sesudah hari ini."))
