"""Reading of numbers in a search text: agenda, telephone and LAPOR! numbers as people write them."""

import re
from typing import Any, NamedTuple

from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, national_significant_number

from office.phones import INDONESIA

MIN_DIGITS, MAX_DIGITS = 9, 15
"""Digits of a telephone number with its area code. A shorter number may be a date; E.164 allows 15."""

LABEL = re.compile(r"\b(?:(?:no|nomor|agenda|sp4n|lapor)(?![a-z])[\W_]*)+(?=\d)", re.ASCII | re.IGNORECASE)
AGENDA = re.compile(r"(?<![\w/.-])(\d{1,9})\s*/\s*(\d{4})(?!\.?[\w/-])", re.ASCII)
PHONE = re.compile(r"(?<![\w/])(?:\+|\(?0|62|8)[\d\s().-]*\d(?![\w/])", re.ASCII)
WITHOUT_PLUS = re.compile(r"\s*62[\s\d().-]{8,}", re.ASCII)


class AgendaNumber(NamedTuple):
    """An agenda number found in a text, and the rest of the text."""

    number: int
    year: int
    rest: str


def strip_labels(text: str) -> str:
    """Remove the words before a number: `No. 49` becomes `49`, `LAPOR-1234567` becomes `1234567`."""
    return LABEL.sub("", text)


def find_agenda_number(text: str) -> AgendaNumber | None:
    """Return the first agenda number with its year (`49/2026`) in a text without labels.

    A part of a longer number does not count, e.g. `400/49/2026`.
    """
    match = AGENDA.search(text)
    if match is None:
        return None
    return AgendaNumber(int(match[1]), int(match[2]), f"{text[: match.start()]} {text[match.end() :]}")


def national_number(phone: Any) -> str:
    """Return a telephone number as national_number in its own country, digits only (`081200000065`)."""
    if not phone:
        return ""
    if phone.country_code == INDONESIA:
        return f"0{national_significant_number(phone)}"
    return "".join(filter(str.isdecimal, phone.as_national))


def add_plus(phone: str) -> str:
    """Put a plus before a typed number that starts with 62, the country code of Indonesia."""
    return f"+{phone.strip()}" if WITHOUT_PLUS.fullmatch(phone) else phone


def with_national_numbers(text: str) -> str:
    """Replace each telephone number by its `national_number()`, which is the indexed word of a case."""
    return PHONE.sub(lambda match: _to_national(match[0]), text)


def _to_national(typed: str) -> str:
    if not MIN_DIGITS <= sum(map(str.isdecimal, typed)) <= MAX_DIGITS:
        return typed
    try:
        return national_number(PhoneNumber.from_string(add_plus(typed), region="ID"))
    except NumberParseException:
        return typed
