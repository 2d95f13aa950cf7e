"""Telephone numbers: how they are displayed, and if WhatsApp reaches them."""

import re
from typing import Any

from phonenumbers import PhoneNumberType, national_significant_number, number_type

INDONESIA = 62
"""The country code of Indonesia."""

SATELLITE = "868"
"""The first digits of Indonesian satellite numbers. The numbering plan lists them as mobile numbers."""

ORDINARY = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

WITHOUT_PLUS = re.compile(r"\s*62[\s\d().-]{8,}", re.ASCII)


def readable(phone: Any) -> str:
    """Return `0812-3456-7890`, or `+65 9123 4567` for a foreign number. Return a text unchanged."""
    if not phone or isinstance(phone, str):
        return phone or ""
    return str(phone.as_national if phone.country_code == INDONESIA else phone.as_international)


def has_whatsapp(phone: Any) -> bool:
    """Return whether the number exists and may have WhatsApp, because it is no landline."""
    return bool(phone) and number_type(phone) != PhoneNumberType.FIXED_LINE


def is_ordinary(phone: Any) -> bool:
    """Return whether a number is an Indonesian landline or mobile number, which costs little to call."""
    is_on_earth = not national_significant_number(phone).startswith(SATELLITE)
    return bool(phone.country_code == INDONESIA and number_type(phone) in ORDINARY and is_on_earth)


def add_plus(phone: str) -> str:
    """Put a plus before a typed number that starts with 62, the country code of Indonesia."""
    return f"+{phone.strip()}" if WITHOUT_PLUS.fullmatch(phone) else phone
