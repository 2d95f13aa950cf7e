"""Classification codes of the archive (Permendagri 83/2022), and the pattern of the numbers of papers."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

check_code = RegexValidator(
    r"^[0-9]{1,3}(\.[0-9]{1,3}){0,5}\Z", _("Tulis kode klasifikasi berupa angka, contoh: 400.9.")
)

NUMBER_PATTERN = "{code}/{number}/{unit}/{year}"

PLACEHOLDER = re.compile(r"\{(code|number|type|unit|year)\}")
SEGMENT = re.compile(r"[A-Za-z .-]*")


def check_pattern(pattern: str) -> None:
    """Raise ValidationError unless two papers can never get the same number by this pattern.

    A slash separates its parts. A part has at most one placeholder and no digits, so that a number can be
    read in one way only. The running number and the year are required: the series starts again each year.
    """
    found = PLACEHOLDER.findall(pattern)
    parts = [PLACEHOLDER.subn("", part) for part in pattern.split("/")]
    is_readable = all(count <= 1 and SEGMENT.fullmatch(rest) for rest, count in parts)
    if not is_readable or len(set(found)) != len(found) or not {"number", "year"} <= set(found):
        raise ValidationError(
            _(
                "Pola ini dapat memberi dua naskah nomor yang sama. Pisahkan bagiannya dengan garis miring, "
                "dan pakai {number} dan {year} masing-masing satu kali. Contoh: {code}/{number}/{unit}/{year}"
            )
        )
