"""Validates texts that are printed on one line: the name of the office and its words."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
"""Unicode categories of control and formatting characters and of line breaks."""


def validate_one_line(text: str) -> None:
    """Raise ValidationError if a text has a line break or an invisible character.

    Subjects of mails, names of calendars and titles of papers contain these texts.
    """
    if any(unicodedata.category(letter) in INVISIBLE for letter in text):
        raise ValidationError(_("Tulis dalam satu baris, tanpa ganti baris dan huruf yang tidak terlihat."))
