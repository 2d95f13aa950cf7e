"""Telephone numbers as people read them, on every page and paper."""

from typing import Any

INDONESIA = 62
"""The country code of Indonesia."""


def readable(phone: Any) -> str:
    """`0812-3456-7890`, and `+65 9123 4567` for a number of another country; empty where there is none."""
    if not phone:
        return ""
    return str(phone.as_national if phone.country_code == INDONESIA else phone.as_international)
