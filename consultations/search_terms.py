"""Numbers that name a case, read however people write them: agenda, telephone and LAPOR! numbers."""

import re
from typing import Any, NamedTuple

from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, national_significant_number

from office.phones import INDONESIA

SHORTEST, LONGEST = 9, 15
"""Digits of a telephone number with its area code. Of fewer it may be a date, of more (E.164) it is none."""

LABEL = re.compile(r"\b(?:(?:no|nomor|agenda|sp4n|lapor)(?![a-z])[\W_]*)+(?=\d)", re.ASCII | re.IGNORECASE)
AGENDA = re.compile(r"(?<![\w/.-])(\d{1,9})\s*/\s*(\d{4})(?!\.?[\w/-])", re.ASCII)
PHONE = re.compile(r"(?<![\w/])(?:\+|\(?0|62|8)[\d\s().-]*\d(?![\w/])", re.ASCII)
WITHOUT_PLUS = re.compile(r"\s*62[\s\d().-]{8,}", re.ASCII)


class AgendaNumber(NamedTuple):
    """An agenda number that stands in a text, and what else stands there."""

    number: int
    year: int
    rest: str


def without_labels(text: str) -> str:
    """The text without what people write before a number: `No. 49` is 49, `LAPOR-1234567` is 1234567."""
    return LABEL.sub("", text)


def agenda_number(text: str) -> AgendaNumber | None:
    """The agenda number with its year (`49/2026`) in a text without labels; None where there is none.

    A part of a longer number is none, as in the letter number 400/49/2026.
    """
    match = AGENDA.search(text)
    if match is None:
        return None
    return AgendaNumber(int(match[1]), int(match[2]), f"{text[: match.start()]} {text[match.end() :]}")


def dialled(phone: Any) -> str:
    """A telephone number as its own country dials it, digits only (`081200000065`); empty for none."""
    if not phone:
        return ""
    if phone.country_code == INDONESIA:
        return f"0{national_significant_number(phone)}"
    return "".join(filter(str.isdecimal, phone.as_national))


def with_plus(phone: str) -> str:
    """A telephone number as typed; where it starts with 62 for Indonesia, with the + that belongs before."""
    return f"+{phone.strip()}" if WITHOUT_PLUS.fullmatch(phone) else phone


def with_dialled(text: str) -> str:
    """The text with each telephone number as it is `dialled()`: that is the word of a case."""
    return PHONE.sub(lambda match: _dialled(match[0]), text)


def _dialled(typed: str) -> str:
    if not SHORTEST <= sum(map(str.isdecimal, typed)) <= LONGEST:
        return typed
    try:
        return dialled(PhoneNumber.from_string(with_plus(typed), region="ID"))
    except NumberParseException:
        return typed
